import { lstat, readdir, readlink, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join, sep } from 'node:path';
import type { BerthHome } from '../home/home.js';
import { identifyProcess } from '../processes/process-identity.js';
import { removeTree } from '../workspaces/index.js';
import { measureTree } from './measure-tree.js';
import type { Orphan, OrphanGroup } from './orphan.js';

/** Finds incomplete and half-removed directories of ended processes, and stale short names of sockets and directories. */
export async function findOrphanedScratch(home: BerthHome): Promise<OrphanGroup[]> {
  const paths = await Promise.all([home.environments, home.locks, home.snapshots].map(listAbandoned));
  const scratch = paths.flat().map(async (path) =>
    createOrphanGroup(
      { kind: 'scratch', name: path, bytes: await measureTree(path), why: 'its process has ended' },
      async () => {
        await removeTree(path);
        return true;
      },
    ),
  );
  return [...(await Promise.all(scratch)), ...(await findStaleShortNames(home))];
}

/** Lists `.making-NAME-PID-…` and `.removing-PID-NAME` of ended processes. */
async function listAbandoned(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => isAbandoned(/^\.making-.+-(\d+)-\w+$|^\.removing-(\d+)-/.exec(name)))
    .map((name) => join(directory, name));
}

const isAbandoned = (match: RegExpExecArray | null): boolean =>
  match !== null && identifyProcess(Number(match[1] ?? match[2])) === null;

async function findStaleShortNames(home: BerthHome): Promise<OrphanGroup[]> {
  const directory = join(tmpdir(), `berth-${userInfo().uid}`);
  const names = await readdir(directory).catch(() => []);
  const groups = await Promise.all(names.map((name) => describeShortName(home, join(directory, name))));
  return groups.filter((group) => group !== undefined);
}

async function describeShortName(home: BerthHome, path: string): Promise<OrphanGroup | undefined> {
  const orphan = await findStaleReason(home, path);
  if (orphan === undefined) return undefined;
  const remove = async () => {
    if ((await findStaleReason(home, path)) === undefined) return false;
    await rm(path, { force: true });
    return true;
  };
  // A socket may belong to a server of another home that is about to listen, so the user decides.
  return { ...createOrphanGroup({ ...orphan, name: path, bytes: 0 }, remove), isCertain: orphan.kind === 'link' };
}

/** Returns why a short name is stale: a dangling link into this home, or a socket of any home without a listener. */
async function findStaleReason({ root }: BerthHome, path: string): Promise<Pick<Orphan, 'kind' | 'why'> | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isSymbolicLink()) {
    const target = await readlink(path);
    const isDangling = target.startsWith(root + sep) && (await lstat(target).catch(() => undefined)) === undefined;
    return isDangling ? { kind: 'link', why: 'its target does not exist' } : undefined;
  }
  if (stats?.isSocket() && (await isRefused(path))) return { kind: 'socket', why: 'no process listens on it' };
  return undefined;
}

const isRefused = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket
      .once('connect', () => resolve(false))
      .once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'));
    socket.once('connect', () => socket.destroy());
  });

const createOrphanGroup = (item: Omit<Orphan, 'deployment'>, remove: () => Promise<boolean>): OrphanGroup => ({
  items: [{ ...item, deployment: null }],
  isCertain: true,
  remove,
});
