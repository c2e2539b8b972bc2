import { createHash } from 'node:crypto';
import type { RunPlan } from '../../../src/contract/handle.js';
import { getHostId } from '../../../src/home/host-id.js';

export type RevisionIdentity = Pick<RunPlan, 'deployment' | 'revision' | 'stateDirectory'>;

/**
 * Returns the name of a revision's container. It ends in a mark of the home: another home on the same engine may have a
 * deployment of the same name.
 */
export const containerName = (plan: RevisionIdentity): string =>
  `${legacyContainerName(plan)}-${homeMark(plan).slice(0, 8)}`;

/** Returns the name that earlier builds used, without the mark: their containers still run. */
export const legacyContainerName = ({ deployment, revision }: RevisionIdentity): string =>
  `berth-${deployment}-${revision}`;

/** Returns repository and tag of the image. A digest of its content and owner is appended. */
export const imageName = ({ deployment, revision }: RevisionIdentity): string => `berth/${deployment}:${revision}`;

export const labels = {
  deployment: 'berth.deployment',
  revision: 'berth.revision',
  /** Random for each start. */
  token: 'berth.token',
  /** Mark of the home that created it. */
  home: 'berth.home',
};

/** Returns a mark that identifies this deployment in this `BERTH_HOME` of this machine. */
export const homeMark = ({ stateDirectory }: RevisionIdentity): string => digest(`${getHostId()}\n${stateDirectory}`);

/** Returns every mark that this home's resources may have: earlier builds did not include the machine. */
export const homeMarks = (plan: RevisionIdentity): string[] => [homeMark(plan), digest(plan.stateDirectory)];

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
