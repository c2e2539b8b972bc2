import { expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { openSoftware } from '../../src/factory/open-software.js';
import { prepareConfig } from '../../src/factory/prepare-config.js';
import { ensureStack } from '../../src/stack/index.js';
import { beginLife } from '../../src/workflows/life.js';
import { sharedQueue, workflowId, workflowType } from '../../src/workflows/messages.js';
import { connectOnce, until } from '../support/deploying.js';
import { temporaryStack } from '../support/stack.js';
import { temporarySolution } from '../support/temporary.js';

const home = temporaryStack();

test('a long history continues as new, and carries everything', async () => {
  const source = temporarySolution({ 'main.py': 'def predict(n: int):\n    return n * 2\n' });
  const config = await prepareConfig(home, { name: 'enduring', solution: source });
  const target = await ensureStack({ worker: true });
  const connection = await Connection.connect(target.connectionOptions);
  const handle = await new Client({ connection }).workflow.start(workflowType, {
    workflowId: workflowId('enduring'),
    taskQueue: sharedQueue,
    args: [config, { ...beginLife(config), historyLimit: 20 }],
  });
  const client = await connectOnce();
  const first = await until('enduring', 'running');
  await client.stop('enduring');
  const again = await client.begin('enduring');

  expect(again).toMatchObject({
    state: 'running',
    revision: 'r1',
    adaptation: first.adaptation,
    contract: first.contract,
  });
  const { runId } = await connection.workflowService
    .describeWorkflowExecution({ namespace: target.namespace, execution: { workflowId: workflowId('enduring') } })
    .then(({ workflowExecutionInfo }) => workflowExecutionInfo?.execution ?? {});
  expect(runId).not.toBe(handle.firstExecutionRunId);

  const software = await openSoftware('enduring', home);
  expect(await software.run({ n: 4 })).toEqual({ status: 'success', output: 8 });
  await software.close();
  expect(await client.cleanup('enduring')).toMatchObject({ state: 'cleaned' });
  await connection.close();
}, 90_000);
