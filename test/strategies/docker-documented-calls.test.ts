/** @needs git python3 uv temporal container-engine */
import { beforeAll, expect, test } from '@jest/globals';
import { connectOnce, deploy, startDeployment, waitForState } from '../support/deployments.js';
import { openTestEngine } from '../support/docker-engine.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';
import { createDocumentedRepository } from './documented-repository.js';

temporaryStack();
beforeAll(async () => {
  await openTestEngine();
}, 300_000);

const name = `documented-${process.pid}`;
const options = { name, strategy: 'docker', agent: 'none' };

test('the code’s documented calls become its contract, and an outdated one is named', async () => {
  const info = await deploy({ ...options, solution: temporarySolution(createDocumentedRepository('1', '7')) });
  const stale = [{ example: 1, place: 'main.py:6', input: '{"text":"aa"}', problem: 'output: expected 7, got 2' }];
  expect(info).toMatchObject({
    lastError: null,
    state: 'running',
    contract: { source: 'repository', examples: 2, passed: 1, stale },
  });
  await (await connectOnce()).cleanup(name);
}, 240_000);

test('a deployment waits when its code passes no documented call', async () => {
  await startDeployment({ ...options, solution: temporarySolution(createDocumentedRepository('5', '7')) });
  const info = await waitForState(name, 'waiting', 'running');
  expect(info).toMatchObject({ state: 'waiting', lastError: { code: 'CONTRACT_FAILED' } });
  expect(info.lastError?.evidence).toContain('example 2 (main.py:6), input {"text":"aa"}');
  await (await connectOnce()).abandon(name);
}, 240_000);
