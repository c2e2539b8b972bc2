import { classifyDeployment, type ReconciliationContext } from './classify-deployment.js';
import { discoverResources, type RunnerSource } from './discover-resources.js';
import type { OrphanGroup, SkippedDeployment } from './orphan.js';
import { findOrphanedDeployment } from './orphaned-deployments.js';
import { findOrphanedRevisions } from './orphaned-revisions.js';
import { findOrphanedScratch } from './orphaned-scratch.js';
import { findOrphanedSharedResources, type MinimumAges } from './orphaned-shared-resources.js';

export interface OrphanReport {
  orphans: OrphanGroup[];
  /** Deployments that may be orphaned, but that only another host or server can judge. */
  skipped: SkippedDeployment[];
  notes: string[];
}

/**
 * Compares existing resources, ledgers and deployments, in that order, so that a resource was created before its
 * deployment is looked up. Changes nothing. Throws the errors of the server if a deployment cannot be looked up.
 */
export async function findOrphans(
  context: ReconciliationContext,
  runners: readonly RunnerSource[],
  ages: MinimumAges,
): Promise<OrphanReport> {
  const { deployments, resources, notes } = await discoverResources(context.home, runners);
  const report: OrphanReport = { orphans: [], skipped: [], notes };
  for (const name of deployments) {
    const deploymentResources = resources.filter(({ deployment }) => deployment === name);
    const verdict = await classifyDeployment(context, name);
    if (verdict.state === 'foreign') report.skipped.push({ deployment: name, why: verdict.why });
    else if (verdict.state === 'open') {
      if (context.includesRevisions)
        report.orphans.push(...(await findOrphanedRevisions(context, { name, resources: deploymentResources })));
    } else
      report.orphans.push(await findOrphanedDeployment(context, { name, resources: deploymentResources, verdict }));
  }
  const others = [await findOrphanedSharedResources(context.home, ages), await findOrphanedScratch(context.home)];
  report.orphans.push(...others.flat());
  return report;
}
