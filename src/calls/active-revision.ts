import { type BigIntStats, statSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Handle } from '../contract/handle.js';
import { BerthError } from '../errors.js';
import { writeDurably } from '../home/durable-file.js';
import { type BerthHome, deploymentDirectory } from '../home/home.js';
import type { RunnerReference } from '../runners/load-runner.js';

/** Record of the active revision: everything that a call needs, in one small file. */
export interface ActiveRecord {
  deployment: string;
  revision: string;
  isStopped: boolean;
  runner: RunnerReference;
  handle: Handle;
}

/** A record and the version of its file. Each record is written as a new file. */
export interface ActiveRevision extends ActiveRecord {
  version: string;
}

/**
 * Reads the active revision; undefined if the deployment never had one.
 *
 * @throws NAME_UNKNOWN, HOME_UNUSABLE when there is no such deployment, or its record cannot be read.
 */
export async function readActiveRevision(home: BerthHome, name: string): Promise<ActiveRevision | undefined> {
  const directory = deploymentDirectory(home, name);
  try {
    return await readRecord(directory.handle);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'EACCES')
      throw new BerthError('HOME_UNUSABLE', `${directory.handle} cannot be read: ${code}`, {}, { cause: error });
    if (code !== 'ENOENT') throw error;
    const { existsSync } = await import('node:fs');
    if (existsSync(directory.root)) return undefined;
    throw new BerthError('NAME_UNKNOWN', `there is no deployment called ${name} on this machine`, { name });
  }
}

async function readRecord(path: string): Promise<ActiveRevision> {
  const file = await open(path);
  try {
    const version = fingerprintFile(await file.stat({ bigint: true }));
    return { ...(JSON.parse(await file.readFile('utf8')) as ActiveRecord), version };
  } finally {
    await file.close();
  }
}

/** Checks whether a revision is still active. Synchronous, because it takes microseconds and every call does it. */
export function isStillActive(home: BerthHome, { deployment, version }: ActiveRevision): boolean {
  const { handle } = deploymentDirectory(home, deployment);
  const stats = statSync(handle, { bigint: true, throwIfNoEntry: false });
  return stats !== undefined && fingerprintFile(stats) === version;
}

const fingerprintFile = ({ ino, mtimeNs }: BigIntStats): string => `${ino}:${mtimeNs}`;

/** Switches callers to a revision atomically: they see the old record or the new one. */
export async function writeActiveRevision(home: BerthHome, record: ActiveRecord): Promise<void> {
  const { handle } = deploymentDirectory(home, record.deployment);
  await mkdir(dirname(handle), { recursive: true });
  await writeDurably(handle, JSON.stringify(record));
}
