import { findDeploymentLeftOvers } from './deployment-left-overs.js';
import type { Kept, LeftOvers } from './left-over.js';
import { findRevisionLeftOvers } from './revision-left-overs.js';
import { findScratchLeftOvers } from './scratch-left-overs.js';
import { type Ages, findSharedLeftOvers } from './shared-left-overs.js';
import { type RunnerSource, surveyWorld } from './survey.js';
import { type Judge, judge } from './verdict.js';

export interface Comparison {
  leftOvers: LeftOvers[];
  /** What may be left over, and is not judged here. */
  kept: Kept[];
  notes: string[];
}

/**
 * Compares the world, the ledgers and the deployments, in that order: what the world shows was begun before its
 * deployment is looked up. Changes nothing. Throws when a deployment cannot be looked up.
 */
export async function compare(by: Judge, runners: readonly RunnerSource[], ages: Ages): Promise<Comparison> {
  const { deployments, things, notes } = await surveyWorld(by.home, runners);
  const comparison: Comparison = { leftOvers: [], kept: [], notes };
  for (const name of deployments) {
    const own = things.filter(({ deployment }) => deployment === name);
    const verdict = await judge(by, name);
    if (verdict.state === 'elsewhere') comparison.kept.push({ deployment: name, why: verdict.why });
    else if (verdict.state === 'open') {
      if (by.judgesRevisions) comparison.leftOvers.push(...(await findRevisionLeftOvers(by, { name, things: own })));
    } else comparison.leftOvers.push(await findDeploymentLeftOvers(by, { name, things: own, verdict }));
  }
  const others = [await findSharedLeftOvers(by.home, ages), await findScratchLeftOvers(by.home)];
  comparison.leftOvers.push(...others.flat());
  return comparison;
}
