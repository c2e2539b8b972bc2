import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, isGrpcServiceError } from '@temporalio/client';
import { identifyProcess, isSameProcess, type ProcessIdentity } from '../processes/process-identity.js';
import { durableRunType, scheduledRedeployType, workflowType } from '../workflows/messages.js';
import { searchAttributes } from '../workflows/status/search-attributes.js';

/** `PENDING_ACTIVITY_STATE_STARTED` of Temporal's API. */
const activityStarted = 2;
/** `NOT_FOUND` of gRPC. */
const notFound = 5;
/** Workflows that have steps on a host: deployments, runs of schedules, durable runs. */
const workflowTypes = [workflowType, scheduledRedeployType, durableRunType].map((type) => `'${type}'`).join(', ');
/** Workflows that are looked at side by side. */
const concurrency = 16;
/** Tries of each: a server that has just come back may answer late about one of them. */
const maxAttempts = 3;
/** Milliseconds between two of them. */
const retryInterval = 500;

/** What a worker is called on the server: enough for its successor on the host to tell whether it lives. */
export function formatWorkerIdentity(host: string): string {
  const { pid, startedAt } = identifyProcess(process.pid) as ProcessIdentity; // it is the one that asks
  return `${pid}@${host} ${startedAt}`;
}

function parseWorkerIdentity(identity: string, host: string): ProcessIdentity | null {
  const [, pid, workerHost, startedAt] = /^(\d+)@(\S+) (.+)$/.exec(identity) ?? [];
  return workerHost === host && startedAt !== undefined ? { pid: Number(pid), startedAt } : null;
}

/**
 * Has the server give out at once what workers of this host had begun when they were killed, and ask nothing more of
 * them. It would notice by itself, but late: by missed heartbeats, which are rare where hundreds of deployments are
 * watched, and by questions that wait for ten seconds. Throws what the server said of one workflow that it would not tell
 * of, once the others are taken over.
 */
export async function reassignLostActivities(client: Client, host: string): Promise<void> {
  const { name } = searchAttributes.host;
  const running = `WorkflowType IN (${workflowTypes}) AND ExecutionStatus = 'Running'`;
  const found = client.workflow.list({ query: `${running} AND (${name} = '${host}' OR ${name} IS NULL)` });
  const workflows = found[Symbol.asyncIterator]();
  const problems: unknown[] = [];
  const takeOver = async (): Promise<void> => {
    for (let next = await workflows.next(); !next.done; next = await workflows.next()) {
      const { workflowId, runId } = next.value;
      await reassignWithRetry(client, host, { workflowId, runId }).catch((error) => problems.push(error));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, takeOver));
  if (problems.length > 0) throw problems[0];
}

interface Execution {
  workflowId: string;
  runId: string;
}

/** What ended meanwhile needs no successor. */
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
