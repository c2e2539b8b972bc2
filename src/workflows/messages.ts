import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { Redeployment, RequestedChange } from '../contract/change.js';
import type { Resumption } from '../contract/round.js';
import type { DeploymentInfo } from '../contract/status.js';

// Defined without the SDK's define… functions: the client shares this file, and those functions would make every
// command load the workflow library. The casts are safe, because the brands of those types exist only for the compiler.
const defineQuery = <Result>(name: string) => ({ type: 'query', name }) as QueryDefinition<Result>;
const defineSignal = <Args extends unknown[] = []>(name: string) =>
  ({ type: 'signal', name }) as SignalDefinition<Args>;
const defineUpdate = <Result, Args extends unknown[] = []>(name: string) =>
  ({ type: 'update', name }) as UpdateDefinition<Result, Args>;

/** Sender of a message, for the record: `user@machine` or `schedule NAME`. Absent in messages from the Web UI. */
type RequestedBy = [by: string];

/** Error of a query that reached the workflow between two of its tasks; the next query is answered. */
export const staleQueryMessage = 'Berth is about to process new events: query again';

/** Answers with the state of the deployment. */
export const statusQuery = defineQuery<DeploymentInfo>('status');

/** Undoes everything, from any state. Works while the worker is down, and may be sent twice. */
export const cleanupSignal = defineSignal<RequestedBy>('cleanup');

/** Cancels a change in progress, stops the software and keeps everything else. Answers when no process is left. */
export const stopUpdate = defineUpdate<DeploymentInfo, RequestedBy>('stop');

/** Starts the active revision again. Answers when it runs. */
export const startUpdate = defineUpdate<DeploymentInfo, RequestedBy>('start');

/** Continues the change that waits. Answers immediately. */
export const resumeUpdate = defineUpdate<DeploymentInfo, [Resumption, ...RequestedBy]>('resume');

/**
 * Abandons the change that waits, or that is in progress while a revision serves. Answers when the change is undone; if
 * no revision serves, answers immediately, and the undo of the deployment follows.
 */
export const abandonUpdate = defineUpdate<DeploymentInfo, RequestedBy>('abandon');

/** Requests a new revision. Answers immediately with the change; `status` shows its progress. */
export const redeployUpdate = defineUpdate<RequestedChange, [Redeployment, ...RequestedBy]>('redeploy');

/** Requests a kept revision, the previous one if `target` is null. Answers immediately with the change. */
export const rollbackUpdate = defineUpdate<RequestedChange, [target: string | null, ...RequestedBy]>('rollback');

export const workflowType = 'deployment';
export const scheduledRedeployType = 'scheduledRedeploy';
export const durableRunType = 'durableRun';
export const sharedQueue = 'berth';
export const hostQueue = (host: string): string => `berth-host-${host}`;
export const workflowId = (name: string): string => `deployment-${name}`;

/** Statuses of a workflow that has ended; one that continued as new is open in its newest run. */
const closedStatuses: readonly string[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

export const isClosed = (status: { name: string }): boolean => closedStatuses.includes(status.name);
