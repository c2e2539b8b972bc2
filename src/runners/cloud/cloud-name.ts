import { createHash, randomBytes } from 'node:crypto';
import type { RunPlan } from '../../contract/handle.js';
import { type BerthHome, berthHome, revisionDirectory } from '../../home/home.js';
import { getHostId } from '../../home/host-id.js';

export interface CloudOwner {
  deployment: string;
  revision: string;
}

/**
 * A name for what a revision makes in an account that others use, too. It ends in something random, so that what an earlier
 * revision of the same name left is not taken for this one's, and in the mark of this machine and home, by which what is
 * ours is known even when all records of it are lost.
 */
export function createCloudName(plan: Pick<RunPlan, 'deployment' | 'revision' | 'stateDirectory'>): string {
  const suffix = randomBytes(2).toString('hex');
  return `${plan.deployment}-${plan.revision}-${suffix}${computeMark(plan.stateDirectory, suffix)}`;
}

/** Whose it is, of the deployments in this home; undefined for what another home or machine has made, or nobody's Berth. */
export function findCloudOwner(home: Pick<BerthHome, 'deployments'>, name: string): CloudOwner | undefined {
  const [, deployment, revision, suffix = '', mark] = /^(.+)-(r\d+)-([0-9a-f]{4})([0-9a-f]{8})$/.exec(name) ?? [];
  if (deployment === undefined || revision === undefined) return undefined;
  const { state } = revisionDirectory(home, deployment, revision);
  return computeMark(state, suffix) === mark ? { deployment, revision } : undefined;
}

const computeMark = (stateDirectory: string, suffix: string): string =>
  createHash('sha256')
    .update(['berth', getHostId(berthHome()), stateDirectory, suffix].join('\n'))
    .digest('hex')
    .slice(0, 8);
