/** @needs git python3 uv temporal */
import { beforeAll, expect, test } from '@jest/globals';
import { connectOnce, deploy, startDeployment, waitForState } from '../support/deployments.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { temporaryStack } from '../support/temporary-stack.js';
import { createDocumentedRepository } from './documented-repository.js';
import { openFakeModal } from './modal-plan.js';

// docker-documented-calls.test.ts tests them with `docker`, and workflows/default-calls.test.ts with `local`.

temporaryStack();
beforeAll(async () => {
  await openFakeModal();
});

const strategies = ['bentoml', 'langgraph', 'modal'];

test.each(strategies)(
  '%s: the code’s documented calls become its contract, and an outdated one is named',
  async (strategy) => {
    const name = `stale-${strategy}`;
    const solution = temporarySolution(createDocumentedRepository('1', '7'));
    const info = await deploy({ name, solution, strategy, agent: 'none' });
    const stale = [{ example: 1, place: 'main.py:6', input: '{"text":"aa"}', problem: 'output: expected 7, got 2' }];
    expect(info).toMatchObject({
      lastError: null,
      state: 'running',
      contract: { source: 'repository', examples: 2, passed: 1, stale },
    });
    await (await connectOnce()).cleanup(name);
  },
  240_000,
);

test.each(strategies)(
  '%s: a deployment waits when its code passes no documented call',
  async (strategy) => {
    const name = `wrong-${strategy}`;
    const solution = temporarySolution(createDocumentedRepository('5', '7'));
    await startDeployment({ name, solution, strategy, agent: 'none' });
    const info = await waitForState(name, 'waiting', 'running');
    expect(info).toMatchObject({ state: 'waiting', lastError: { code: 'CONTRACT_FAILED' } });
    expect(info.lastError?.evidence).toContain('example 2 (main.py:6), input {"text":"aa"}');
    await (await connectOnce()).abandon(name);
  },
  240_000,
);
