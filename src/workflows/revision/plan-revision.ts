import type { Redeployment } from '../../contract/change.js';
import type { DeployConfig } from '../../contract/deploy-config.js';
import type { CurrentChange, KeptRevision, PendingRevision, WorkflowState } from '../state/state.js';
import { findPreviousRevision, findRevision, getActiveRevision } from './kept-revisions.js';
import { createPendingRevision } from './pending-revision.js';

/** Returns the revision that a deploy or redeploy brings up: the pending one of a resumed change, or a new one. */
export function planRevision(workflow: WorkflowState, change: CurrentChange): PendingRevision {
  const { counters, pendingRevision } = workflow;
  if (pendingRevision !== null) return pendingRevision;
  const config = { ...mergeConfig(getBaseConfig(workflow), change.redeployment), requestedBy: change.by };
  counters.revisions += 1;
  const pending = createPendingRevision(config, `r${counters.revisions}`, counters.rounds + 1);
  pending.isFresh = change.redeployment?.isForced ?? false;
  workflow.pendingRevision = pending;
  change.revision = pending.revision;
  if (workflow.active === null) workflow.config = config;
  return pending;
}

/** Returns the kept revision that a rollback brings back; null when there is none. */
export function planRollback(workflow: WorkflowState, change: CurrentChange): KeptRevision | null {
  const { target } = change;
  const kept = target === null ? findPreviousRevision(workflow) : findRevision(workflow, target);
  if (kept === undefined || kept.revision.id === workflow.active?.revision) return null;
  change.revision = kept.revision.id;
  return kept;
}

/**
 * Merges the changes into a configuration: `env` by name, `resources` and `solution` by key. Replaces other settings.
 */
export function mergeConfig(base: DeployConfig, redeployment: Redeployment | null): DeployConfig {
  const { env = [], resources = {}, solution = {}, ...changes } = redeployment?.changes ?? {};
  const replaced = new Set(env.map(({ name }) => name));
  return {
    ...base,
    ...changes,
    solution: { ...base.solution, ...solution },
    env: [...base.env.filter(({ name }) => !replaced.has(name)), ...env],
    resources: { ...base.resources, ...resources },
  };
}

/** Returns the configuration that a redeploy changes: the active revision's, also after a rollback. */
export const getBaseConfig = (workflow: WorkflowState): DeployConfig =>
  workflow.active === null ? workflow.config : getActiveRevision(workflow).config;
