import { createHash, randomBytes } from 'node:crypto';
import type { RunPlan } from '../contract/handle.js';
import { type BerthHome, berthHome, revisionDirectory } from '../home.js';
import { hostId } from '../host-id.js';

export interface CloudOwner {
  deployment: string;
  revision: string;
}

/**
 * A name for what a revision makes in an account that others use, too. It ends in something random, so that what an earlier
 * revision of the same name left is not taken for this one's, and in the mark of this machine and home, by which what is
 * ours is known even when all records of it are lost.
 */
export function drawCloudName(plan: Pick<RunPlan, 'deployment' | 'revision' | 'stateDirectory'>): string {
  const drawn = randomBytes(2).toString('hex');
  return `${plan.deployment}-${plan.revision}-${drawn}${markOf(plan.stateDirectory, drawn)}`;
}

/** Whose it is, of the deployments in this home; undefined for what another home or machine has made, or nobody's Berth. */
export function findCloudOwner(home: Pick<BerthHome, 'deployments'>, name: string): CloudOwner | undefined {
  const [, deployment, revision, drawn = '', mark] = /^(.+)-(r\d+)-([0-9a-f]{4})([0-9a-f]{8})$/.exec(name) ?? [];
  if (deployment === undefined || revision === undefined) return undefined;
  const { state } = revisionDirectory(home, deployment, revision);
  return markOf(state, drawn) === mark ? { deployment, revision } : undefined;
}

const markOf = (stateDirectory: string, drawn: string): string =>
  createHash('sha256')
    .update(['berth', hostId(berthHome()), stateDirectory, drawn].join('\n'))
    .digest('hex')
    .slice(0, 8);
