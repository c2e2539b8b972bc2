import { sparesWayBack } from '../patches.js';
import type { WorkflowState } from '../state/state.js';
import { findPreviousRevision } from './revision.js';

/**
 * Kept revisions that are too many, oldest first. Never one of them: the active one, and the one that a bake goes
 * back to. Where two are kept, the second is the one that a rollback goes to.
 */
export function findExcessRevisions(workflow: WorkflowState, keep: number): string[] {
  const before = selectOldest(workflow, keep);
  const now = selectExcess(workflow, keep);
  return before.join() === now.join() || !sparesWayBack() ? before : now;
}

function selectExcess(workflow: WorkflowState, keep: number): string[] {
  const { active, info, keptRevisions, pendingRollback } = workflow;
  const rollbackTarget = keep > 1 ? findPreviousRevision(workflow)?.revision.id : undefined;
  const protectedIds = new Set([active?.revision, info.bake?.previous, pendingRollback?.to, rollbackTarget]);
  const ids = keptRevisions.map(({ revision }) => revision.id);
  const others = ids.filter((id) => !protectedIds.has(id));
  const free = Math.max(0, keep - (ids.length - others.length));
  return others.slice(0, others.length - free);
}

/** As earlier runs chose. */
const selectOldest = ({ keptRevisions, active }: WorkflowState, keep: number): string[] =>
  keptRevisions
    .map(({ revision }) => revision.id)
    .filter((id) => id !== active?.revision)
    .slice(0, -(keep - 1) || undefined);
