import type { DeploymentInfo, DeploymentState } from '../contract/status.js';

/** States in which nothing more happens by itself. */
const settledStates: readonly DeploymentState[] = ['running', 'stopped', 'waiting', 'cleaned'];

/** Whether it is where it stays: no other revision is on its way, or what was waits for a person. */
export const isSettled = ({ state, change, next }: DeploymentInfo): boolean =>
  state === 'cleaned' ||
  (settledStates.includes(state) && next === null && (change === null || change.state === 'waiting'));

/** Whether a change is over, or waits; with its deployment it ends, too. */
export const isChangeSettled =
  (id: string) =>
  ({ change, changes, state }: DeploymentInfo): boolean =>
    changes.some((past) => past.id === id) ||
    (change?.id === id && change.state === 'waiting') ||
    state === 'cleaning' ||
    state === 'cleaned';

/** Whether a cleanup is over, or says what it could not undo yet. */
export const isCleanupSettled = ({ state, lastError }: DeploymentInfo): boolean =>
  state === 'cleaned' || (state === 'cleaning' && lastError?.code === 'UNDO_INCOMPLETE');
