import { readFile, realpath } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { maskValues, sourcePlaceholder, type Variables } from '../pip-files/variables.js';

/** Requirements, resolved: what to install, to the file. Holds no value of a variable, and no place of this machine. */
export interface Lock {
  /** `pylock.toml` (PEP 751) without what lies in the repository; empty when there is nothing to install. */
  text: string;
  /** Requirements whose hashes the repository states, as it states them; empty where it states none. */
  hashed: string;
  packages: number;
  /** Projects and archives required by path: relative to the repository, or absolute outside of it. */
  localProjects: string[];
  /** What was decided on the way, in whole sentences. */
  notes: string[];
}

export const emptyLock: Lock = { text: '', hashed: '', packages: 0, localProjects: [], notes: [] };

export interface LockedPackage {
  name: string;
  version?: string;
  marker?: string;
  directory?: { path: string };
  archive?: { path?: string };
}

export interface LockDocument {
  /** Everything but the packages. */
  rest: Record<string, unknown>;
  packages: LockedPackage[];
}

/**
 * Reads what uv has just written. The Python that the project asks for is left out: which one it gets is decided already,
 * and may be the nearest.
 */
export async function readLockDocument(path: string): Promise<LockDocument> {
  const { parse } = await import('smol-toml');
  const { 'requires-python': _, packages, ...rest } = parse(await readFile(path, 'utf8'));
  // PEP 751: an array of tables; uv has just written it.
  return { rest, packages: (packages ?? []) as unknown as LockedPackage[] };
}

export interface LockLocation {
  /** Where the lock was written: its paths are relative to that. */
  base: string;
  /** The repository, or its copy. */
  source: string;
  variables: Variables;
}

/** What a lock names by path belongs to the revision, not to the shared environment. */
export async function buildLock(
  { rest, packages }: LockDocument,
  { base, source, variables }: LockLocation,
): Promise<Lock> {
  const { stringify } = await import('smol-toml');
  const shared = packages.filter((entry) => getLocalPath(entry) === undefined);
  const localPaths = packages.map(getLocalPath).filter((local) => local !== undefined);
  const text = shared.length === 0 ? '' : stringify({ ...rest, packages: shared });
  return {
    ...emptyLock,
    text: maskValues(text.replaceAll(pathToFileURL(source).href, sourcePlaceholder), variables),
    packages: shared.length,
    localProjects: await Promise.all(
      localPaths.map(async (local) => maskValues(await toProjectPath(resolve(base, local), source), variables)),
    ),
  };
}

/** Relative to the repository, which may be a copy; absolute outside of it. */
async function toProjectPath(path: string, source: string): Promise<string> {
  const [realPath, realSource] = await Promise.all([path, source].map((one) => realpath(one).catch(() => one)));
  const inside = relative(realSource ?? source, realPath ?? path);
  return inside === '..' || inside.startsWith('../') ? path : inside || '.';
}

const getLocalPath = (entry: LockedPackage): string | undefined => entry.directory?.path ?? entry.archive?.path;

/** As PEP 503 writes names. */
export const normalizeName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/** Versions as a lock that uv finds at the place of its output: it keeps to them where it can. */
export function toPreferences(pins: string[]): LockDocument {
  const packages = pins.flatMap((pin) => {
    const [, name, version] = /^([A-Za-z0-9][\w.-]*)==([\w.!+-]+)$/.exec(pin) ?? [];
    return name === undefined || version === undefined ? [] : [{ name, version }];
  });
  return { rest: { 'lock-version': '1.0', 'created-by': 'berth' }, packages };
}

/** What a lock holds, with more beside it. What both hold is taken from the lock, unless that is for other machines too. */
export function mergePackages(locked: LockedPackage[], more: LockedPackage[]): LockedPackage[] {
  const names = (packages: LockedPackage[]) => new Set(packages.map(({ name }) => normalizeName(name)));
  const settled = names(locked.filter(({ marker }) => marker === undefined));
  const added = more.filter(({ name }) => !settled.has(normalizeName(name)));
  const replaced = names(added);
  return [...locked.filter(({ name }) => !replaced.has(normalizeName(name))), ...added];
}

/** Packages that have another version in the second: `six 1.15.0 → 1.16.0`. */
export function describeChanges(before: LockedPackage[], after: LockedPackage[]): string[] {
  const versions = new Map(before.map(({ name, version }) => [normalizeName(name), version]));
  return after.flatMap(({ name, version }) => {
    const old = versions.get(normalizeName(name));
    return old === undefined || version === undefined || old === version ? [] : [`${name} ${old} → ${version}`];
  });
}
