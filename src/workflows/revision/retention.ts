import type { WorkflowState } from '../state/state.js';
import { findPreviousRevision } from './kept-revisions.js';

/**
 * Returns the kept revisions beyond `keep`, oldest first. Never returns the active revision or the one that a bake rolls
 * back to. Of two or more kept revisions, one is the target of a rollback.
 */
export function findExcessRevisions(workflow: WorkflowState, keep: number): string[] {
  const { active, bake, keptRevisions, pendingRollback } = workflow;
  const rollbackTarget = keep > 1 ? findPreviousRevision(workflow)?.revision.id : undefined;
  const protectedIds = new Set([active?.revision, bake?.previous, pendingRollback?.to, rollbackTarget]);
  const ids = keptRevisions.map(({ revision }) => revision.id);
  const others = ids.filter((id) => !protectedIds.has(id));
  const free = Math.max(0, keep - (ids.length - others.length));
  return others.slice(0, Math.max(0, others.length - free));
}
