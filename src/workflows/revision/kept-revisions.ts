import type { Handle } from '../../contract/handle.js';
import type { KeptRevision, WorkflowState } from '../state/state.js';

// Finds kept revisions, and the active one among them.

export const findRevision = ({ keptRevisions }: WorkflowState, id: string): KeptRevision | undefined =>
  keptRevisions.find(({ revision }) => revision.id === id);

/** Returns the newest revision before the active one that was not rolled back itself. */
export function findPreviousRevision({ keptRevisions, active }: WorkflowState): KeptRevision | undefined {
  const activeIndex = keptRevisions.findIndex(({ revision }) => revision.id === active?.revision);
  return keptRevisions.slice(0, activeIndex).findLast(({ isRolledBack }) => !isRolledBack);
}

export function getActiveRevision(workflow: WorkflowState): KeptRevision {
  const kept = workflow.active === null ? undefined : findRevision(workflow, workflow.active.revision);
  if (kept === undefined) throw new Error('the active revision is kept');
  return kept;
}

/** Makes a started revision the active one. The caller publishes the status. */
export function activate(workflow: WorkflowState, kept: KeptRevision, handle: Handle): void {
  kept.isRolledBack = false;
  workflow.active = { revision: kept.revision.id, handle, isStopped: false };
  workflow.pendingRollback = null;
  workflow.lastError = null;
  workflow.state = 'running';
}
