import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../src/contract/handle.js';
import { writeDurably } from '../../src/durable-file.js';

/** Where the revision is in the cloud: written before anything is made there, so that an undo asks the same place. */
export interface DeploymentNote {
  /** Name of the app, and of the secret. */
  app: string;
  /** Modal's environment; null, in older notes, is the one that Modal's configuration names. */
  environment: string | null;
  /** Null as long as no start has come to its end. */
  deployed: DeployedVersion | null;
}

export interface DeployedVersion {
  /** Modal's id of the app, and which of its deployments this is. */
  id: string;
  version: number;
  /** ISO 8601. */
  at: string;
  /** Modal's page of it. */
  page: string | null;
  /** Of a web endpoint: where the inputs are sent. */
  url?: string;
}

type Placed = Pick<RunPlan, 'stateDirectory'>;

const noteFile = ({ stateDirectory }: Placed): string => join(stateDirectory, 'cloud.json');

/** Undefined when nothing of the revision is in the cloud. */
export async function readNote(plan: Placed): Promise<DeploymentNote | undefined> {
  try {
    return JSON.parse(await readFile(noteFile(plan), 'utf8')) as DeploymentNote; // written below, whole or not at all
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export const writeNote = (plan: Placed, note: DeploymentNote): Promise<void> =>
  writeDurably(noteFile(plan), JSON.stringify(note));

export const removeNote = (plan: Placed): Promise<void> => rm(noteFile(plan), { force: true });
