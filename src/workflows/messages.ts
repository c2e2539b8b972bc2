import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { Redeployment, RequestedChange } from '../contract/change.js';
import type { Resumption } from '../contract/round.js';
import type { DeploymentInfo } from '../contract/status.js';

// Made here where the SDK's define… functions would do: the client shares this file, and those functions would make every
// command load the workflow library. Their brands exist for the compiler only, hence the casts.
const defineQuery = <Result>(name: string) => ({ type: 'query', name }) as QueryDefinition<Result>;
const defineSignal = <Args extends unknown[] = []>(name: string) =>
  ({ type: 'signal', name }) as SignalDefinition<Args>;
const defineUpdate = <Result, Args extends unknown[] = []>(name: string) =>
  ({ type: 'update', name }) as UpdateDefinition<Result, Args>;

/** Who asks, for the record: `user@machine`, `schedule NAME`. Left out where a person sends it from the Web UI. */
type RequestedBy = [by: string];

/** What a query is refused with that met the workflow between two of its tasks; the next one is answered. */
export const staleQueryMessage = 'Berth is about to take in what has just happened: ask again';

/** Where the deployment stands. */
export const statusQuery = defineQuery<DeploymentInfo>('status');

/** Undo everything, from any state; works with the worker down, and twice. */
export const cleanupSignal = defineSignal<RequestedBy>('cleanup');

/** Ends the software's processes, and a change that is on its way; keeps all else. Answers once they are proven gone. */
export const stopUpdate = defineUpdate<DeploymentInfo, RequestedBy>('stop');

/** Brings the same revision back. Answers once it is running again. */
export const startUpdate = defineUpdate<DeploymentInfo, RequestedBy>('start');

/** Goes on with a change that waits. Answers at once; the work follows. */
export const resumeUpdate = defineUpdate<DeploymentInfo, [Resumption, ...RequestedBy]>('resume');

/**
 * Gives up the change that waits, or is on its way while an earlier revision serves. Where nothing serves the answer
 * comes at once, and the undo of the deployment follows.
 */
export const abandonUpdate = defineUpdate<DeploymentInfo, RequestedBy>('abandon');

/** Asks for a new revision. Answers at once with the change, whose fate `status` tells. */
export const redeployUpdate = defineUpdate<RequestedChange, [Redeployment, ...RequestedBy]>('redeploy');

/** Asks for a kept revision, the one before when none is named. Answers at once with the change. */
export const rollbackUpdate = defineUpdate<RequestedChange, [target: string | null, ...RequestedBy]>('rollback');

export const workflowType = 'deployment';
export const scheduledRedeployType = 'scheduledRedeploy';
export const durableRunType = 'durableRun';
export const sharedQueue = 'berth';
export const hostQueue = (host: string): string => `berth-host-${host}`;
export const workflowId = (name: string): string => `deployment-${name}`;

/** States in which a workflow does nothing any more; one that is continued as new is open in its newest run. */
const closedStatuses: readonly string[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

export const isClosed = (status: { name: string }): boolean => closedStatuses.includes(status.name);
