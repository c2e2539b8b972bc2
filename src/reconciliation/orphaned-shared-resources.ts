import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BerthHome, deploymentDirectory } from '../home/home.js';
import { Ledger, removeTree, withPruneLock } from '../workspaces/index.js';
import { measureTree } from './measure-tree.js';
import type { OrphanGroup } from './orphan.js';

/** Minimum ages of an orphaned shared resource, in milliseconds. */
export interface MinimumAges {
  /** Time since it was created. */
  created: number;
  /** Time since the last deployment released it. */
  unused: number;
}

/** Finds environments and snapshots of at least these ages that no deployment refers to. */
export async function findOrphanedSharedResources(home: BerthHome, ages: MinimumAges): Promise<OrphanGroup[]> {
  const stores = [
    { kind: 'environment', directory: home.environments },
    { kind: 'snapshot', directory: home.snapshots },
  ];
  const used = await listReferences(home);
  const groups = await Promise.all(
    stores.map(async ({ kind, directory }) => {
      const names = (await readdir(directory).catch(() => [])).filter((name) => !name.startsWith('.'));
      const paths = names.map((name) => join(directory, name)).filter((path) => !used.has(path));
      return await Promise.all(paths.map((path) => describe(home, { kind, path, ages })));
    }),
  );
  return groups.flat().filter((group) => group !== undefined);
}

interface SharedResource {
  kind: string;
  path: string;
  ages: MinimumAges;
}

async function describe(home: BerthHome, shared: SharedResource): Promise<OrphanGroup | undefined> {
  const { kind, path } = shared;
  if (!(await isOldEnough(shared))) return undefined;
  const item = {
    kind,
    name: path,
    deployment: null,
    bytes: await measureTree(path),
    why: 'no deployment refers to it',
  };
  return { items: [item], isCertain: true, remove: () => remove(home, shared) };
}

/** Checks the ages. `.berth-complete` has the time of the creation; the directory has that of the last use. */
async function isOldEnough({ path, ages }: SharedResource): Promise<boolean> {
  const directory = await stat(path).catch(() => undefined);
  if (directory === undefined) return false;
  const marker = (await stat(join(path, '.berth-complete')).catch(() => undefined)) ?? directory;
  const now = Date.now();
  return now - marker.mtimeMs >= ages.created && now - directory.mtimeMs >= ages.unused;
}

/** Renames the resource under the lock, so that no deployment can claim it, and removes it after that, which is slow. */
async function remove(home: BerthHome, shared: SharedResource): Promise<boolean> {
  const { path } = shared;
  const removed = join(path, '..', `.removing-${process.pid}-${path.split('/').at(-1)}`);
  const isFree = await withPruneLock(home, async () => {
    if ((await listReferences(home)).has(path) || !(await isOldEnough(shared))) return false;
    await rename(path, removed);
    return true;
  });
  if (isFree) await removeTree(removed);
  return isFree;
}

/** Lists the shared resources that any deployment of this home uses or may use again, on any server. */
async function listReferences(home: BerthHome): Promise<Set<string>> {
  const used = new Set<string>();
  for (const name of await Ledger.list(home))
    for (const effect of await new Ledger(home, name).listPending()) {
      if (effect.kind === 'reference') used.add(effect.path);
      if (effect.kind === 'runner' && effect.plan.environment !== null) used.add(effect.plan.environment.path);
    }
  for (const name of await readdir(home.deployments).catch(() => [])) {
    const text = await readFile(deploymentDirectory(home, name).handle, 'utf8').catch(() => '{}');
    const path: unknown = JSON.parse(text).handle?.plan?.environment?.path;
    if (typeof path === 'string') used.add(path);
  }
  return used;
}
