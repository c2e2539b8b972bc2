import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { hostQueue, sharedQueue } from './messages.js';

// Activity proxies, grouped by timeout. Heartbeats reveal a killed worker after 15 s, long before a step times out. The
// activity itself marks a user's mistake as not retryable.

const retry = { initialInterval: '500ms', maximumInterval: '30s', maximumAttempts: 10 } as const;

/** Time after which a host counts as unreachable if no worker on it starts a step. */
const scheduleToStartTimeout = '20s';

/** Steps that any worker can run. */
export const sharedActivities = proxyActivities<Activities>({
  taskQueue: sharedQueue,
  startToCloseTimeout: '5m',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry,
});

/** Steps on the deployment's host that take seconds. */
export const quickActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    scheduleToStartTimeout,
    startToCloseTimeout: '10m',
    heartbeatTimeout: '15s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry,
  });

/** Steps that install, build and load models. */
export const buildActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    scheduleToStartTimeout,
    startToCloseTimeout: '2h',
    heartbeatTimeout: '15s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry,
  });

/** Rounds of coding agents. The many attempts wait for overloaded providers; a retry uses up no round. */
export const adaptActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    scheduleToStartTimeout,
    startToCloseTimeout: '4h',
    heartbeatTimeout: '15s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', maximumInterval: '5m', maximumAttempts: 30 },
  });

/**
 * The long step of a running deployment. A cancellation does not wait for it, because it only watches. Its heartbeats
 * are rare: a restarted worker takes the step over without waiting for a missed heartbeat.
 */
export const supervisionActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    startToCloseTimeout: '7h',
    heartbeatTimeout: '90s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '500ms', maximumInterval: '10s' },
  });

/** Waits for an unreachable host, whose next worker runs this step. */
export const hostWaitActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    startToCloseTimeout: '1m',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '500ms', maximumInterval: '10s' },
  });

/** Undo steps. The workflow repeats them until all is undone; each failure reports what still exists. */
export const undoActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    startToCloseTimeout: '10m',
    heartbeatTimeout: '15s',
    retry: { ...retry, maximumAttempts: 3 },
  });

/** Reconciliation. A host without a worker is skipped until the schedule's next run. */
export const reconcileActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    scheduleToStartTimeout: '1m',
    startToCloseTimeout: '30m',
    heartbeatTimeout: '15s',
    retry: { ...retry, maximumAttempts: 3 },
  });

/** Scheduled runs, which wait as long as their redeploys take. */
export const followActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    startToCloseTimeout: '30d',
    heartbeatTimeout: '15s',
    retry: { initialInterval: '500ms', maximumInterval: '30s' },
  });

/**
 * Calls of durable runs, which wait for stopped software. After ten minutes without a worker, they look up its host
 * again.
 */
export const callActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    scheduleToStartTimeout: '10m',
    startToCloseTimeout: '30d',
    heartbeatTimeout: '15s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '500ms', maximumInterval: '30s' },
  });
