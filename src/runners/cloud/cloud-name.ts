import { createHash, randomBytes } from 'node:crypto';
import type { RunPlan } from '../../contract/handle.js';
import { type BerthHome, berthHome, revisionDirectory } from '../../home/home.js';
import { getHostId } from '../../home/host-id.js';

export interface CloudOwner {
  deployment: string;
  revision: string;
}

/**
 * Creates a name for a revision's resources in a shared account. It ends with a random part, which distinguishes it
 * from an earlier revision of the same name, and with the mark of this machine and home, which identifies Berth's
 * resources even if all records are lost.
 */
export function createCloudName(plan: Pick<RunPlan, 'deployment' | 'revision' | 'stateDirectory'>): string {
  const suffix = randomBytes(2).toString('hex');
  return `${plan.deployment}-${plan.revision}-${suffix}${computeMark(plan.stateDirectory, suffix)}`;
}

/**
 * Returns the deployment and revision of this home that the name belongs to; undefined for a name of another home or
 * machine, or of another origin.
 */
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
