import type { ReconciliationContext } from './classify-deployment.js';
import type { RunnerSource } from './discover-resources.js';
import { findOrphans } from './find-orphans.js';
import type { MinimumAges } from './orphaned-shared-resources.js';
import { type PruneResult, pruneOrphans } from './prune-orphans.js';

export interface ReconciliationResult extends PruneResult {
  notes: string[];
}

/** Removes orphans that are certain, without asking the user. Removes nothing of an open deployment. */
export async function reconcileHost(
  context: ReconciliationContext,
  runners: readonly RunnerSource[],
  ages: MinimumAges,
): Promise<ReconciliationResult> {
  const { orphans, notes } = await findOrphans(context, runners, ages);
  return { ...(await pruneOrphans(orphans.filter(({ isCertain }) => isCertain))), notes };
}
