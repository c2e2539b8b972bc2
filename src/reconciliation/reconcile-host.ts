import { type PruneResult, pruneOrphans } from './collect.js';
import { findOrphans } from './compare.js';
import type { MinimumAges } from './shared-left-overs.js';
import type { RunnerSource } from './survey.js';
import type { ReconciliationContext } from './verdict.js';

export interface ReconciliationResult extends PruneResult {
  notes: string[];
}

/** Removes, without asking anybody, what belongs to nothing beyond doubt; nothing of a living deployment. */
export async function reconcileHost(
  context: ReconciliationContext,
  runners: readonly RunnerSource[],
  ages: MinimumAges,
): Promise<ReconciliationResult> {
  const { orphans, notes } = await findOrphans(context, runners, ages);
  return { ...(await pruneOrphans(orphans.filter(({ isCertain }) => isCertain))), notes };
}
