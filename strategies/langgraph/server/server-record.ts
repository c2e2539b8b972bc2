import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { writeDurably } from '../../../src/home/durable-file.js';
import type { ProcessIdentity } from '../../../src/processes/process-identity.js';

/** Which process serves the revision, and where. */
export interface ServerRecord extends ProcessIdentity {
  port: number;
  /** Where this machine calls it: `http://127.0.0.1:20123`. */
  url: string;
  /** Drawn anew at each start; GET /info answers it. */
  token: string;
  /** What its start decided, in whole sentences; absent in records of an earlier shape. */
  notes?: string[];
}

const getRecordPath = ({ stateDirectory }: Pick<RunPlan, 'stateDirectory'>): string =>
  join(stateDirectory, 'server.json');

/** Of the last server that was started, alive or not; undefined when there was none. */
export async function readServerRecord(plan: Pick<RunPlan, 'stateDirectory'>): Promise<ServerRecord | undefined> {
  try {
    return JSON.parse(await readFile(getRecordPath(plan), 'utf8')) as ServerRecord; // written below, whole or not at all
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export const writeServerRecord = (plan: Pick<RunPlan, 'stateDirectory'>, record: ServerRecord): Promise<void> =>
  writeDurably(getRecordPath(plan), JSON.stringify(record));

export const removeServerRecord = (plan: Pick<RunPlan, 'stateDirectory'>): Promise<void> =>
  rm(getRecordPath(plan), { force: true });
