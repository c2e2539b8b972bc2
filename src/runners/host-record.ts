import { chmod, mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunPlan } from '../contract/handle.js';
import { BerthError } from '../errors.js';
import type { HostIdentity } from './host-client.js';

/** Loads what only some paths need, so that a call does without its milliseconds. */
const load = createRequire(import.meta.url);

/** Bytes that a unix socket's path may have on every system we know (macOS: 103, Linux: 107). */
const longestSocketPath = 100;

/** Where the host of this revision listens: beside its state, or where a short path is to be had. Same plan, same path. */
export function socketPath({ stateDirectory }: Pick<RunPlan, 'stateDirectory'>): string {
  const path = join(stateDirectory, 'host.sock');
  if (Buffer.byteLength(path) <= longestSocketPath) return path;
  const { createHash }: typeof import('node:crypto') = load('node:crypto');
  const digest = createHash('sha256').update(stateDirectory).digest('hex').slice(0, 24);
  return join(tmpdir(), `berth-${userInfo().uid}`, `${digest}.sock`);
}

/** Makes the socket's directory for this user only. HOME_UNUSABLE when it is another's. */
export async function makeSocketDirectory(path: string): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700).catch((error: unknown) => {
    throw new BerthError('HOME_UNUSABLE', `${directory} belongs to another user`, {}, { cause: error });
  });
}

/** What the last host of this revision said of itself, alive or not; undefined when none came so far. */
export async function readHostRecord(stateDirectory: string): Promise<HostIdentity | undefined> {
  try {
    return JSON.parse(await readFile(join(stateDirectory, 'host.json'), 'utf8')) as HostIdentity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
