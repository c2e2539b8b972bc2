import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../contract/handle.js';
import type { ProcessIdentity } from '../../processes/process-identity.js';

/** Which process serves a revision, and where: plain data, for a strategy's handle. */
export interface ServerRecord extends ProcessIdentity {
  /** Of 127.0.0.1. */
  port: number;
  /** Bytes of the log that are older than it. */
  logStart: number;
}

type RecordOwner = Pick<RunPlan, 'stateDirectory'>;

const getRecordPath = ({ stateDirectory }: RecordOwner): string => join(stateDirectory, 'server.json');

/** Of the last server that was started, alive or not; undefined when there was none. */
export async function readServerRecord(plan: RecordOwner): Promise<ServerRecord | undefined> {
  try {
    return JSON.parse(await readFile(getRecordPath(plan), 'utf8')) as ServerRecord; // written below, whole or not at all
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function writeServerRecord(plan: RecordOwner, record: ServerRecord): Promise<void> {
  const file = getRecordPath(plan);
  await writeFile(`${file}.partial`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${file}.partial`, file);
}

export const removeServerRecord = (plan: RecordOwner): Promise<void> => rm(getRecordPath(plan), { force: true });
