import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { hostQueue, sharedQueue } from './messages.js';

// Activity proxies, grouped by patience. Every step heartbeats: a killed worker is noticed after 15 s, not after the
// step's whole allowance. What is the user's mistake is marked as not retryable by the activity itself.

const retry = { initialInterval: '500ms', maximumInterval: '30s', maximumAttempts: 10 } as const;

/** Nobody has taken a step of the host for so long: the host is away, which is shown, and waited for. */
const scheduleToStartTimeout = '20s';

/** Steps that any worker can do. */
export const sharedActivities = proxyActivities<Activities>({
  taskQueue: sharedQueue,
  startToCloseTimeout: '5m',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry,
});

/** Steps on the deployment's own host that end soon: seconds, not minutes. */
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

/** Rounds of coding agents. A provider that is overloaded is waited for, as it asks, without using up a round. */
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
 * The one long step of a running deployment. Abandoned rather than awaited: it only watches, and beats rarely, since a
 * worker that comes back takes it over without waiting for a beat to be missed.
 */
export const supervisionActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    startToCloseTimeout: '7h',
    heartbeatTimeout: '90s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '500ms', maximumInterval: '10s' },
  });

/** A host that is away: whoever comes back to it takes this step first of all. */
export const hostWaitActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    startToCloseTimeout: '1m',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '500ms', maximumInterval: '10s' },
  });

/** Undo goes on until it is done; each round of tries reports what still exists. */
export const undoActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    startToCloseTimeout: '10m',
    heartbeatTimeout: '15s',
    retry: { ...retry, maximumAttempts: 3 },
  });

/** A host that nobody works for has nothing to reconcile, and the schedule asks again. */
export const reconcileActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    scheduleToStartTimeout: '1m',
    startToCloseTimeout: '30m',
    heartbeatTimeout: '15s',
    retry: { ...retry, maximumAttempts: 3 },
  });

/** A scheduled run waits for as long as its redeploy takes, on the queue that has room for many that wait. */
export const followActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    startToCloseTimeout: '30d',
    heartbeatTimeout: '15s',
    retry: { initialInterval: '500ms', maximumInterval: '30s' },
  });

/** A durable run waits for software that is not there as long as that takes; it is looked for again when nobody takes it. */
export const callActivities = (host: string) =>
  proxyActivities<Activities>({
    taskQueue: hostQueue(host),
    scheduleToStartTimeout: '10m',
    startToCloseTimeout: '30d',
    heartbeatTimeout: '15s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '500ms', maximumInterval: '30s' },
  });
