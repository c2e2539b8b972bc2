/** @needs git python3 uv temporal */
import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { BerthHome } from '../../src/home/home.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { listProcesses, temporaryStack } from '../support/temporary-stack.js';
import { type Deployed, runJson } from './run-json.js';

// Two homes are independent; two commands in one home share the stack.

const [one, other] = [temporaryStack(), temporaryStack()];

const berth = <Value = Deployed>({ root }: BerthHome, ...words: string[]) => runJson<Value>(words, { home: root });

const deploy = (home: BerthHome, name: string, word: string) =>
  berth(home, 'deploy', createSolution(word), '--name', name, '--input', '1');

const createSolution = (word: string) =>
  temporarySolution({ 'app.py': `def predict(inputs):\n    return "${word}"\n` });

const answering = (word: string) => ({
  exitCode: 0,
  value: { state: 'running', answer: { status: 'success', output: word } },
});

test('concurrent deploys in an empty home share one server and one worker', async () => {
  const [left, right] = await Promise.all([
    deploy(one, 'left', 'from the left'),
    deploy(one, 'right', 'from the right'),
  ]);
  expect([left, right]).toMatchObject([answering('from the left'), answering('from the right')]);
  const progress = `${left.stderr}\n${right.stderr}`;
  expect(progress.match(/started the embedded Temporal server/g)).toHaveLength(1);
  expect(progress.match(/started the worker/g)).toHaveLength(1);
  // The server, the worker, and the host processes of both deployments.
  expect(listProcesses(one).length).toBe(4);
});

test('the same name in two homes is two independent deployments', async () => {
  expect(await deploy(one, 'same', 'one')).toMatchObject(answering('one'));
  expect(await deploy(other, 'same', 'other')).toMatchObject(answering('other'));
  const names = async (home: BerthHome) =>
    (await berth<Deployed[]>(home, 'list')).value.map(({ name }) => name).toSorted();
  expect(await names(one)).toEqual(['left', 'right', 'same']);
  expect(await names(other)).toEqual(['same']);

  expect(await berth(one, 'cleanup', 'same')).toMatchObject({ exitCode: 0 });
  expect(await berth(one, 'down')).toMatchObject({ exitCode: 0 });
  expect(await berth(one, 'run', 'left', '1')).toMatchObject({ exitCode: 0, value: { output: 'from the left' } });
  expect(await berth(other, 'run', 'same', '1')).toMatchObject({ exitCode: 0, value: { output: 'other' } });
  expect(await berth(other, 'status', 'same')).toMatchObject({ exitCode: 0, value: { state: 'running' } });
  expect(readdirSync(other.deployments)).toEqual(['same']);
});
