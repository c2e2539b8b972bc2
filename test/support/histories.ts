import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { packageRoot } from '../../src/home/package-root.js';
import { ensureStack } from '../../src/stack/index.js';

export type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** Fetches the histories of a workflow's runs, oldest first; each but the newest continued as new. */
export async function fetchRuns({ workflow }: Client, workflowId: string): Promise<History[]> {
  const runs: History[] = [];
  for (let runId: string | undefined; ; ) {
    const history = await workflow.getHandle(workflowId, runId).fetchHistory();
    runs.unshift(history);
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
    if (runId === '') return runs;
  }
}

/** Replays the histories of all runs on the stack's server. Returns those that this build cannot replay, with the reason. */
export async function findUnreplayable(): Promise<string[]> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { connectionOptions, namespace } = await ensureStack({ needsWorker: false });
  const connection = await Connection.connect(connectionOptions);
  const workflowBundle = { codePath: join(packageRoot, 'dist', 'workflows.js') };
  const problems: string[] = [];
  try {
    const { workflow } = new Client({ connection, namespace });
    for await (const { error, workflowId } of Worker.runReplayHistories(
      { workflowBundle },
      workflow.list().intoHistories(),
    ))
      if (error !== undefined) problems.push(`${workflowId}: ${error.message}`);
  } finally {
    await connection.close();
  }
  return problems;
}
