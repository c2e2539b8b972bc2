/** @needs temporal */
import { beforeAll, expect, test } from '@jest/globals';
import { Client, Connection, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { startWorkflowOnce } from '../../src/client/start-workflow-once.js';
import { registerCleanup } from '../support/temporary-directories.js';

let client: Client;

beforeAll(async () => {
  const connection = await Connection.connect({ address: process.env.BERTH_TEST_TEMPORAL ?? '' });
  registerCleanup(() => connection.close());
  client = new Client({ connection });
});

test('a retried request finds its workflow, and another request is refused', async () => {
  const { workflow } = client;
  const options = {
    taskQueue: 'nobody',
    workflowId: `started-${process.pid}`,
    workflowIdConflictPolicy: 'FAIL' as const,
    memo: { request: 'one' },
  };
  const handle = workflow.getHandle(options.workflowId);
  await startWorkflowOnce(workflow, 'untaken', options);
  const { runId } = await handle.describe();
  try {
    await startWorkflowOnce(workflow, 'untaken', options);
    expect((await handle.describe()).runId).toBe(runId);
    const other = startWorkflowOnce(workflow, 'untaken', { ...options, memo: { request: 'another' } });
    await expect(other).rejects.toThrow(WorkflowExecutionAlreadyStartedError);
  } finally {
    await handle.terminate();
  }
});
