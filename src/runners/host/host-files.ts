import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunPlan } from '../../contract/handle.js';
import { BerthError } from '../../errors.js';
import type { HostIdentity } from './host-client.js';

/** Loads what only some paths need, so that a call does without its milliseconds. */
const load = createRequire(import.meta.url);

/** Bytes that a unix socket's path may have on every system we know (macOS: 103, Linux: 107). */
const maxSocketPathBytes = 100;
/** As above, less what libraries append for sockets of their own (`pymp-…/listener-…`, `torch-shm-dir-…/manager.sock`). */
const maxTemporaryPathBytes = 60;

/** Where the host of this revision listens: beside its state, or where a short path is to be had. Same plan, same path. */
export function getSocketPath({ stateDirectory }: Pick<RunPlan, 'stateDirectory'>): string {
  const path = join(stateDirectory, 'host.sock');
  return Buffer.byteLength(path) <= maxSocketPathBytes ? path : getShortPath(stateDirectory, '.sock');
}

/** Where the software's temporary files are: the state directory's `tmp`, or a link to it that has a short path. */
export function getTemporaryPath({ stateDirectory }: Pick<RunPlan, 'stateDirectory'>): string {
  const path = join(stateDirectory, 'tmp');
  return Buffer.byteLength(path) <= maxTemporaryPathBytes ? path : getShortPath(stateDirectory, '');
}

function getShortPath(stateDirectory: string, ending: string): string {
  const { createHash }: typeof import('node:crypto') = load('node:crypto');
  const digest = createHash('sha256').update(stateDirectory).digest('hex').slice(0, 24);
  return join(tmpdir(), `berth-${userInfo().uid}`, `${digest}${ending}`);
}

/** Makes the directories of socket and link, for this user only. HOME_UNUSABLE when one is another's. */
export async function createHostDirectories(plan: Pick<RunPlan, 'stateDirectory'>): Promise<void> {
  for (const directory of new Set([getSocketPath(plan), getTemporaryPath(plan)].map((path) => dirname(path)))) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700).catch((error: unknown) => {
      throw new BerthError('HOME_UNUSABLE', `${directory} belongs to another user`, {}, { cause: error });
    });
  }
}

/** Removes what a host that is gone had by name: its socket, and the link to its temporary files. */
export async function removeHostPaths(plan: Pick<RunPlan, 'stateDirectory'>): Promise<void> {
  await rm(getSocketPath(plan), { force: true });
  const temporary = getTemporaryPath(plan);
  if (dirname(temporary) !== plan.stateDirectory) await rm(temporary, { force: true });
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
