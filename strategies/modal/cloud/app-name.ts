import { createHash } from 'node:crypto';
import type { RunPlan } from '../../../src/contract/handle.js';
import { getHostId } from '../../../src/home/host-id.js';

/**
 * Returns the name of the revision's app, and of the secret with its variables. Its mark distinguishes a deployment of
 * the same name in another `BERTH_HOME` or on another machine, which may share the account. Modal allows 64 characters.
 */
export function appName({ deployment, revision, stateDirectory }: RevisionIdentity): string {
  const mark = createHash('sha256').update(`${getHostId()}\n${stateDirectory}`).digest('hex').slice(0, 8);
  return `berth-${deployment}-${revision}-${mark}`;
}

/** Parses the deployment and revision of a name; undefined for a name that Berth did not give. */
export function parseAppName(name: string): Pick<RevisionIdentity, 'deployment' | 'revision'> | undefined {
  const [, deployment, revision] = /^berth-([a-z0-9-]+)-(r\d+)-[0-9a-f]{8}$/.exec(name) ?? [];
  return deployment === undefined || revision === undefined ? undefined : { deployment, revision };
}

type RevisionIdentity = Pick<RunPlan, 'deployment' | 'revision' | 'stateDirectory'>;
