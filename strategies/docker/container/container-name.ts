import { createHash } from 'node:crypto';
import type { RunPlan } from '../../../src/contract/handle.js';
import { getHostId } from '../../../src/home/host-id.js';

export type RevisionIdentity = Pick<RunPlan, 'deployment' | 'revision' | 'stateDirectory'>;

/** Ends in a mark of the home: on the same engine, another one may have a deployment of the same name. */
export const containerName = (plan: RevisionIdentity): string =>
  `${legacyContainerName(plan)}-${homeMark(plan).slice(0, 8)}`;

/** What builds without that mark called it: their containers run on. */
export const legacyContainerName = ({ deployment, revision }: RevisionIdentity): string =>
  `berth-${deployment}-${revision}`;

/** Repository and tag, to which the digest of the image's content and owner is added. */
export const imageName = ({ deployment, revision }: RevisionIdentity): string => `berth/${deployment}:${revision}`;

export const labels = {
  deployment: 'berth.deployment',
  revision: 'berth.revision',
  /** Drawn anew at each start. */
  token: 'berth.token',
  /** Which Berth made it. */
  home: 'berth.home',
};

/** The same for the same deployment in the same `BERTH_HOME` of the same machine, and for no other. */
export const homeMark = ({ stateDirectory }: RevisionIdentity): string => digest(`${getHostId()}\n${stateDirectory}`);

/** Every mark that this home's things may bear: earlier builds took no account of the machine. */
export const homeMarks = (plan: RevisionIdentity): string[] => [homeMark(plan), digest(plan.stateDirectory)];

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
