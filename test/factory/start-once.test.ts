/** @needs temporal */
import { beforeAll, expect, test } from '@jest/globals';
import { Client, Connection, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { startOnce } from '../../src/factory/start-once.js';
import { atTheEnd } from '../support/temporary.js';

let client: Client;

beforeAll(async () => {
  const connection = await Connection.connect({ address: process.env.BERTH_TEST_TEMPORAL ?? '' });
  atTheEnd(() => connection.close());
  client = new Client({ connection });
});

test('a request that is tried again finds what it has started, and any other one is refused', async () => {
  const { workflow } = client;
  const options = {
    taskQueue: 'nobody',
    workflowId: `started-${process.pid}`,
    workflowIdConflictPolicy: 'FAIL' as const,
    memo: { request: 'one' },
  };
  const handle = workflow.getHandle(options.workflowId);
  await startOnce(workflow, 'untaken', options);
  const { runId } = await handle.describe();
  try {
    await startOnce(workflow, 'untaken', options);
    expect((await handle.describe()).runId).toBe(runId);
    const other = startOnce(workflow, 'untaken', { ...options, memo: { request: 'another' } });
    await expect(other).rejects.toThrow(WorkflowExecutionAlreadyStartedError);
  } finally {
    await handle.terminate();
  }
});
