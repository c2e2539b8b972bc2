import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../contract/handle.js';
import type { ProcessIdentity } from './process-identity.js';

/** Which process serves a revision, and where: plain data, for a strategy's handle. */
export interface ServerRecord extends ProcessIdentity {
  /** Of 127.0.0.1. */
  port: number;
  /** Bytes of the log that are older than it. */
  logStart: number;
}

type Recorded = Pick<RunPlan, 'stateDirectory'>;

const recordFile = ({ stateDirectory }: Recorded): string => join(stateDirectory, 'server.json');

/** Of the last server that was started, alive or not; undefined when there was none. */
export async function readServerRecord(plan: Recorded): Promise<ServerRecord | undefined> {
  try {
    return JSON.parse(await readFile(recordFile(plan), 'utf8')) as ServerRecord; // written below, whole or not at all
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function writeServerRecord(plan: Recorded, record: ServerRecord): Promise<void> {
  const file = recordFile(plan);
  await writeFile(`${file}.partial`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${file}.partial`, file);
}

export const removeServerRecord = (plan: Recorded): Promise<void> => rm(recordFile(plan), { force: true });
