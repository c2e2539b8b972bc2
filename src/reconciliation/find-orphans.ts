import { classifyDeployment, type ReconciliationContext } from './classify-deployment.js';
import { discoverResources, type RunnerSource } from './discover-resources.js';
import type { OrphanGroup, SkippedDeployment } from './orphan.js';
import { findOrphanedDeployment } from './orphaned-deployments.js';
import { findOrphanedRevisions } from './orphaned-revisions.js';
import { findOrphanedScratch } from './orphaned-scratch.js';
import { findOrphanedSharedResources, type MinimumAges } from './orphaned-shared-resources.js';

export interface OrphanReport {
  orphans: OrphanGroup[];
  /** What may be left over, and is not judged here. */
  skipped: SkippedDeployment[];
  notes: string[];
}

/**
 * Compares the world, the ledgers and the deployments, in that order: what the world shows was begun before its
 * deployment is looked up. Changes nothing. Throws when a deployment cannot be looked up.
 */
export async function findOrphans(
  context: ReconciliationContext,
  runners: readonly RunnerSource[],
  ages: MinimumAges,
): Promise<OrphanReport> {
  const { deployments, resources, notes } = await discoverResources(context.home, runners);
  const comparison: OrphanReport = { orphans: [], skipped: [], notes };
  for (const name of deployments) {
    const ownResources = resources.filter(({ deployment }) => deployment === name);
    const verdict = await classifyDeployment(context, name);
    if (verdict.state === 'elsewhere') comparison.skipped.push({ deployment: name, why: verdict.why });
    else if (verdict.state === 'open') {
      if (context.includesRevisions)
        comparison.orphans.push(...(await findOrphanedRevisions(context, { name, resources: ownResources })));
    } else comparison.orphans.push(await findOrphanedDeployment(context, { name, resources: ownResources, verdict }));
  }
  const others = [await findOrphanedSharedResources(context.home, ages), await findOrphanedScratch(context.home)];
  comparison.orphans.push(...others.flat());
  return comparison;
}
