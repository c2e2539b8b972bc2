import { expect, test } from '@jest/globals';
import { runBin } from '../support/bin.js';
import { connectOnce, deploy } from '../support/deploying.js';
import { temporaryStack } from '../support/stack.js';
import { temporarySolution } from '../support/temporary.js';

const home = temporaryStack();

/** A server that knows nothing of the deployment, as its own will when the retention of what is closed has passed. */
const forgetful = { TEMPORAL_ADDRESS: process.env.BERTH_TEST_TEMPORAL as string };

test('a deployment’s history is told when the server has forgotten it', async () => {
  const solution = temporarySolution({ 'main.py': 'def predict(n: int):\n    return n\n' });
  await deploy({ name: 'past', solution });
  await (await connectOnce()).cleanup('past');

  const told = await runBin(['history', 'past', '--json'], { home: home.root, env: forgetful });
  expect(told.exitCode).toBe(0);
  const { state, steps } = JSON.parse(told.stdout) as { state: string; steps: { step: string }[] };
  expect(state).toBe('cleaned');
  expect(steps.map(({ step }) => step)).toEqual(expect.arrayContaining(['selectStrategy', 'createRunner']));
  expect(await runBin(['history', 'never', '--json'], { home: home.root, env: forgetful })).toMatchObject({
    exitCode: 2,
  });
  expect(JSON.parse((await runBin(['list', '--json'], { home: home.root })).stdout)).toEqual([]);
}, 120_000);
