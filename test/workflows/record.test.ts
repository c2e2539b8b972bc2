import { expect, test } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { ensureStack } from '../../src/stack/index.js';
import { workflowId } from '../../src/workflows/messages.js';
import { runBin } from '../support/bin.js';
import { connectOnce, deploy } from '../support/deploying.js';
import { temporaryStack } from '../support/stack.js';
import { temporarySolution } from '../support/temporary.js';

const home = temporaryStack();

/** As the server does when the retention of what is closed has passed. */
async function forget(name: string): Promise<void> {
  const { connectionOptions, namespace } = await ensureStack({ worker: false });
  const connection = await Connection.connect(connectionOptions);
  const workflowExecution = { workflowId: workflowId(name) };
  await connection.workflowService.deleteWorkflowExecution({ namespace, workflowExecution });
  await connection.close();
  const client = await connectOnce();
  for (const deadline = Date.now() + 60_000; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const error = await client.info(name).catch(({ code }) => code);
    if (error === 'NAME_UNKNOWN') return;
    if (Date.now() > deadline) throw new Error('the server does not forget');
  }
}

test('a deployment’s history is told when the server has forgotten it, and its name is free', async () => {
  const solution = temporarySolution({ 'main.py': 'def predict(n: int):\n    return n\n' });
  await deploy({ name: 'past', solution });
  await (await connectOnce()).cleanup('past');
  await forget('past');

  const told = await runBin(['history', 'past', '--json'], { home: home.root });
  expect(told.exitCode).toBe(0);
  const { state, steps } = JSON.parse(told.stdout) as { state: string; steps: { step: string }[] };
  expect(state).toBe('cleaned');
  expect(steps.map(({ step }) => step)).toEqual(expect.arrayContaining(['selectStrategy', 'createRunner']));
  expect(await runBin(['history', 'never', '--json'], { home: home.root })).toMatchObject({ exitCode: 2 });
  expect(JSON.parse((await runBin(['list', '--json'], { home: home.root })).stdout)).toEqual([]);
}, 120_000);
