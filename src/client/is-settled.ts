import type { DeploymentInfo, DeploymentState } from '../contract/status.js';

/** States that do not change without a request. */
const settledStates: readonly DeploymentState[] = ['running', 'stopped', 'waiting', 'cleaned'];

/** Checks whether nothing more happens without a request: no change is running or queued. */
export const isSettled = ({ state, change, next }: DeploymentInfo): boolean =>
  state === 'cleaned' ||
  (settledStates.includes(state) && next === null && (change === null || change.state === 'waiting'));

/** Checks whether a change is finished or waits, or its deployment is removed. */
export const isChangeSettled =
  (id: string) =>
  ({ change, changes, state }: DeploymentInfo): boolean =>
    changes.some((past) => past.id === id) ||
    (change?.id === id && change.state === 'waiting') ||
    state === 'cleaning' ||
    state === 'cleaned';

/** Checks whether a cleanup is finished, or reports what it could not undo yet. */
export const isCleanupSettled = ({ state, lastError }: DeploymentInfo): boolean =>
  state === 'cleaned' || (state === 'cleaning' && lastError?.code === 'UNDO_INCOMPLETE');
