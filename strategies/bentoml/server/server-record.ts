import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { writeDurably } from '../../../src/home/durable-file.js';
import type { ProcessIdentity } from '../../../src/processes/process-identity.js';

/** The server of a revision, from the moment it was started. `startedAt` is its process's, as `identifyProcess` says it. */
export interface ServerRecord extends ProcessIdentity {
  port: number;
  /** Where this machine calls it: `http://127.0.0.1:20123`. */
  url: string;
  /** Bytes of the log before its own first line. */
  logStart: number;
  /** It has answered once. */
  wasReady: boolean;
}

const recordPath = ({ stateDirectory }: Pick<RunPlan, 'stateDirectory'>): string => join(stateDirectory, 'server.json');

/** The last server that was started, alive or not. */
export async function readServerRecord(plan: Pick<RunPlan, 'stateDirectory'>): Promise<ServerRecord | undefined> {
  try {
    return JSON.parse(await readFile(recordPath(plan), 'utf8')) as ServerRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export const writeServerRecord = (plan: Pick<RunPlan, 'stateDirectory'>, record: ServerRecord): Promise<void> =>
  writeDurably(recordPath(plan), JSON.stringify(record));

export const removeServerRecord = (plan: Pick<RunPlan, 'stateDirectory'>): Promise<void> =>
  rm(recordPath(plan), { force: true });
