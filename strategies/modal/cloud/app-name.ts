import { createHash } from 'node:crypto';
import type { RunPlan } from '../../../src/contract/handle.js';
import { getHostId } from '../../../src/home/host-id.js';

/**
 * Name of the revision's app, and of the secret that holds its variables. The mark keeps a deployment of the same name in
 * another `BERTH_HOME` or on another machine apart, which may share the account. At most 64 characters, as Modal asks.
 */
export function appName({ deployment, revision, stateDirectory }: RevisionIdentity): string {
  const mark = createHash('sha256').update(`${getHostId()}\n${stateDirectory}`).digest('hex').slice(0, 8);
  return `berth-${deployment}-${revision}-${mark}`;
}

/** What a name says of whose it may be; undefined for one that we have not given. */
export function parseAppName(name: string): Pick<RevisionIdentity, 'deployment' | 'revision'> | undefined {
  const [, deployment, revision] = /^berth-([a-z0-9-]+)-(r\d+)-[0-9a-f]{8}$/.exec(name) ?? [];
  return deployment === undefined || revision === undefined ? undefined : { deployment, revision };
}

type RevisionIdentity = Pick<RunPlan, 'deployment' | 'revision' | 'stateDirectory'>;
