import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { Resumption } from '../contract/round.js';
import type { DeploymentInfo } from '../contract/status.js';

// Made here where the SDK's define… functions would do: the client shares this file, and those functions would make every
// command load the workflow library. Their brands exist for the compiler only, hence the casts.
const defineQuery = <Result>(name: string) => ({ type: 'query', name }) as QueryDefinition<Result>;
const defineSignal = (name: string) => ({ type: 'signal', name }) as SignalDefinition;
const defineUpdate = <Result, Args extends unknown[] = []>(name: string) =>
  ({ type: 'update', name }) as UpdateDefinition<Result, Args>;

/** Where the deployment stands. */
export const statusQuery = defineQuery<DeploymentInfo>('status');

/** Undo everything, from any state; works with the worker down, and twice. */
export const cleanupSignal = defineSignal('cleanup');

/** Ends the software's processes, keeps all else. Answers once they are proven gone. */
export const stopUpdate = defineUpdate<DeploymentInfo>('stop');

/** Brings the same revision back. Answers once it is running again. */
export const startUpdate = defineUpdate<DeploymentInfo>('start');

/** Goes on with a deployment that waits. Answers at once; the work follows. */
export const resumeUpdate = defineUpdate<DeploymentInfo, [Resumption]>('resume');

/** Gives up a deployment that waits. Answers at once; the undo follows. */
export const abandonUpdate = defineUpdate<DeploymentInfo>('abandon');

export const workflowType = 'deployment';
export const sharedQueue = 'berth';
export const hostQueue = (host: string): string => `berth-host-${host}`;
export const workflowId = (name: string): string => `deployment-${name}`;
