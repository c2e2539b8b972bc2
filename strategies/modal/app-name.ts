import { createHash } from 'node:crypto';
import type { RunPlan } from '../../src/contract/handle.js';

/**
 * Name of the revision's app, and of the secret that holds its variables. The mark keeps a deployment of the same name in
 * another `BERTH_HOME` apart, which may share the account. At most 64 characters, as Modal asks.
 */
export function appName({ deployment, revision, stateDirectory }: Named): string {
  const mark = createHash('sha256').update(stateDirectory).digest('hex').slice(0, 8);
  return `berth-${deployment}-${revision}-${mark}`;
}

type Named = Pick<RunPlan, 'deployment' | 'revision' | 'stateDirectory'>;
