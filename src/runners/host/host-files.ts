import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunPlan } from '../../contract/handle.js';
import { BerthError } from '../../errors.js';
import type { HostIdentity } from './host-status.js';

/** Loads a module only when it is needed, which saves milliseconds of a call. */
const load = createRequire(import.meta.url);

/** Maximum length of a unix socket's path on all supported systems (macOS: 103, Linux: 107). */
const maxSocketPathBytes = 100;
/** Leaves room for the sockets of libraries (`pymp-…/listener-…`, `torch-shm-dir-…/manager.sock`). */
const maxTemporaryPathBytes = 60;

/** Returns the socket of a revision's host process, in its state directory or under a short path. Stable for a plan. */
export function getSocketPath({ stateDirectory }: Pick<RunPlan, 'stateDirectory'>): string {
  const path = join(stateDirectory, 'host.sock');
  return Buffer.byteLength(path) <= maxSocketPathBytes ? path : getShortPath(stateDirectory, '.sock');
}

/** Returns the directory of temporary files: `tmp` in the state directory, or a link to it with a short path. */
export function getTemporaryPath({ stateDirectory }: Pick<RunPlan, 'stateDirectory'>): string {
  const path = join(stateDirectory, 'tmp');
  return Buffer.byteLength(path) <= maxTemporaryPathBytes ? path : getShortPath(stateDirectory, '');
}

function getShortPath(stateDirectory: string, ending: string): string {
  const { createHash }: typeof import('node:crypto') = load('node:crypto');
  const digest = createHash('sha256').update(stateDirectory).digest('hex').slice(0, 24);
  return join(tmpdir(), `berth-${userInfo().uid}`, `${digest}${ending}`);
}

/**
 * Creates the directories of the socket and the link, for this user only.
 *
 * @throws HOME_UNUSABLE when one belongs to another user.
 */
export async function createHostDirectories(plan: Pick<RunPlan, 'stateDirectory'>): Promise<void> {
  for (const directory of new Set([getSocketPath(plan), getTemporaryPath(plan)].map((path) => dirname(path)))) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700).catch((error: unknown) => {
      throw new BerthError('HOME_UNUSABLE', `${directory} belongs to another user`, {}, { cause: error });
    });
  }
}

/** Removes the socket of an ended host process, and the link to its temporary files. */
export async function removeHostPaths(plan: Pick<RunPlan, 'stateDirectory'>): Promise<void> {
  await rm(getSocketPath(plan), { force: true });
  const temporary = getTemporaryPath(plan);
  if (dirname(temporary) !== plan.stateDirectory) await rm(temporary, { force: true });
}

/** Reads the identity of the last host process of this revision, alive or not; undefined if there was none. */
export async function readHostRecord(stateDirectory: string): Promise<HostIdentity | undefined> {
  try {
    return JSON.parse(await readFile(join(stateDirectory, 'host.json'), 'utf8')) as HostIdentity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
