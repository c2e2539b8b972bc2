import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import { identifyProcess, isSameProcess, type ProcessIdentity } from '../processes/process-identity.js';
import { durableRunType, scheduledRedeployType, workflowType } from '../workflows/messages.js';
import { searchAttributes } from '../workflows/status/search-attributes.js';

/** `PENDING_ACTIVITY_STATE_STARTED` in Temporal's API. */
const activityStarted = 2;
/** `NOT_FOUND` in gRPC. */
const notFound = 5;
/** Types of workflows with activities on a host: deployments, scheduled redeploys, durable runs. */
const workflowTypes = [workflowType, scheduledRedeployType, durableRunType].map((type) => `'${type}'`).join(', ');
/** Workflows processed concurrently. */
const concurrency = 16;
/** Maximum attempts per workflow; a server that has just restarted may answer late. */
const maxAttempts = 3;
/** Milliseconds between two attempts. */
const retryInterval = 500;

/** Formats a worker's identity on the server; with it, its successor on the host can check whether the process runs. */
export function formatWorkerIdentity(host: string): string {
  const { pid, startedAt } = identifyProcess(process.pid) as ProcessIdentity; // this process exists
  return `${pid}@${host} ${startedAt}`;
}

function parseWorkerIdentity(identity: string, host: string): ProcessIdentity | null {
  const [, pid, workerHost, startedAt] = /^(\d+)@(\S+) (.+)$/.exec(identity) ?? [];
  return workerHost === host && startedAt !== undefined ? { pid: Number(pid), startedAt } : null;
}

/**
 * Makes the server reassign the activities of this host's killed workers immediately, and drops their sticky queues.
 * The server itself would notice late: after a missed heartbeat, or after a query that waits for ten seconds. Throws
 * the first error after it has processed all workflows.
 */
export async function reassignLostActivities(client: Client, host: string): Promise<void> {
  const { name } = searchAttributes.host;
  const running = `WorkflowType IN (${workflowTypes}) AND ExecutionStatus = 'Running'`;
  const found = client.workflow.list({ query: `${running} AND (${name} = '${host}' OR ${name} IS NULL)` });
  const workflows = found[Symbol.asyncIterator]();
  const errors: unknown[] = [];
  const processNext = async (): Promise<void> => {
    for (let next = await workflows.next(); !next.done; next = await workflows.next()) {
      const { workflowId, runId } = next.value;
      await reassignWithRetry(client, host, { workflowId, runId }).catch((error) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, processNext));
  if (errors.length > 0) throw errors[0];
}

interface Execution {
  workflowId: string;
  runId: string;
}

/** Retries; ignores a workflow that has ended. */
async function reassignWithRetry(client: Client, host: string, execution: Execution): Promise<void> {
  for (let attemptsLeft = maxAttempts - 1; ; attemptsLeft -= 1)
    try {
      return await reassignInWorkflow(client, host, execution);
    } catch (error) {
      if (isGrpcServiceError(error) && error.code === notFound) return;
      if (attemptsLeft === 0) throw error;
      await sleep(retryInterval);
    }
}

async function reassignInWorkflow(client: Client, host: string, execution: Execution): Promise<void> {
  const { workflowService } = client;
  const { namespace } = client.options;
  const { pendingActivities } = await workflowService.describeWorkflowExecution({ namespace, execution });
  const lost = pendingActivities.filter(({ state, lastWorkerIdentity }) => {
    const worker = parseWorkerIdentity(lastWorkerIdentity ?? '', host);
    return state === activityStarted && worker !== null && !isSameProcess(worker);
  });
  for (const { activityId = null } of lost) {
    const failure = { message: 'its worker was killed', applicationFailureInfo: { type: 'WORKER_LOST' } };
    await workflowService.respondActivityTaskFailedById({ namespace, ...execution, activityId, failure });
  }
  await workflowService.resetStickyTaskQueue({ namespace, execution });
}
