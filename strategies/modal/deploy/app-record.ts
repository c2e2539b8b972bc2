import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { writeDurably } from '../../../src/home/durable-file.js';

/** Where the revision is in the cloud: written before anything is made there, so that an undo asks the same place. */
export interface AppRecord {
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

type PlanState = Pick<RunPlan, 'stateDirectory'>;

const getRecordPath = ({ stateDirectory }: PlanState): string => join(stateDirectory, 'cloud.json');

/** Undefined when nothing of the revision is in the cloud. */
export async function readAppRecord(plan: PlanState): Promise<AppRecord | undefined> {
  try {
    return JSON.parse(await readFile(getRecordPath(plan), 'utf8')) as AppRecord; // written below, whole or not at all
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export const writeAppRecord = (plan: PlanState, note: AppRecord): Promise<void> =>
  writeDurably(getRecordPath(plan), JSON.stringify(note));

export const removeAppRecord = (plan: PlanState): Promise<void> => rm(getRecordPath(plan), { force: true });
