import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { DeploymentInfo } from '../contract/status.js';

// Written out where the SDK's define… functions would do: the client shares this file, and those functions would make
// every command load the workflow library.

/** Where the deployment stands. */
export const statusQuery: QueryDefinition<DeploymentInfo> = { type: 'query', name: 'status' };

/** Undo everything, from any state; works with the worker down, and twice. */
export const cleanupSignal: SignalDefinition<[]> = { type: 'signal', name: 'cleanup' };

/** Ends the software's processes, keeps all else. Answers once they are proven gone. */
export const stopUpdate: UpdateDefinition<DeploymentInfo, []> = { type: 'update', name: 'stop' };

/** Brings the same revision back. Answers once it is running again. */
export const startUpdate: UpdateDefinition<DeploymentInfo, []> = { type: 'update', name: 'start' };

/** Gives up a deployment that waits. Answers at once; the undo follows. */
export const abandonUpdate: UpdateDefinition<DeploymentInfo, []> = { type: 'update', name: 'abandon' };

export const workflowType = 'deployment';
export const sharedQueue = 'berth';
export const hostQueue = (host: string): string => `berth-host-${host}`;
export const workflowId = (name: string): string => `deployment-${name}`;
