import { createHash } from 'node:crypto';
import type { RunPlan } from '../../src/contract/handle.js';

export type Named = Pick<RunPlan, 'deployment' | 'revision' | 'stateDirectory'>;

export const containerName = ({ deployment, revision }: Named): string => `berth-${deployment}-${revision}`;

/** Repository and tag, to which the digest of the image's content is added. */
export const imageName = ({ deployment, revision }: Named): string => `berth/${deployment}:${revision}`;

export const labels = {
  deployment: 'berth.deployment',
  revision: 'berth.revision',
  /** Drawn anew at each start. */
  token: 'berth.token',
  /** Which Berth made it: another one on the same engine may have a deployment of the same name. */
  home: 'berth.home',
};

/** The same for the same deployment in the same `BERTH_HOME`, and for no other. */
export const homeMark = ({ stateDirectory }: Named): string =>
  createHash('sha256').update(stateDirectory).digest('hex').slice(0, 16);
