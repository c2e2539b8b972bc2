import { readFile, realpath } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { maskValues, sourcePlaceholder, type Variables } from '../pip-files/variables.js';

/** Resolved requirements, down to the file. Contains neither values of variables nor paths of this machine. */
export interface Lock {
  /** `pylock.toml` (PEP 751) without local projects; empty when there is nothing to install. */
  text: string;
  /** Requirement lines with hashes, as the repository writes them; empty when it has none. */
  hashed: string;
  packages: number;
  /** Projects and archives required by path: relative to the repository, or absolute outside of it. */
  localProjects: string[];
  /** Sentences about decisions of the resolution. */
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
  /** All keys except `packages`. */
  rest: Record<string, unknown>;
  packages: LockedPackage[];
}

/**
 * Reads a lock that uv has just written. Drops the Python that the project requires, because the interpreter is already
 * chosen and may be another one.
 */
export async function readLockDocument(path: string): Promise<LockDocument> {
  const { parse } = await import('smol-toml');
  const { 'requires-python': _, packages, ...rest } = parse(await readFile(path, 'utf8'));
  // PEP 751 defines an array of tables, which uv has just written.
  return { rest, packages: (packages ?? []) as unknown as LockedPackage[] };
}

export interface LockLocation {
  /** Base directory of the lock's paths. */
  base: string;
  /** The repository, or its copy. */
  source: string;
  variables: Variables;
}

/** Builds a lock. Packages by path become local projects, which belong to the revision instead of the shared environment. */
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

/** Returns a path relative to the repository, which may be a copy; absolute outside of it. */
async function toProjectPath(path: string, source: string): Promise<string> {
  const [realPath, realSource] = await Promise.all([path, source].map((one) => realpath(one).catch(() => one)));
  const inside = relative(realSource ?? source, realPath ?? path);
  return inside === '..' || inside.startsWith('../') ? path : inside || '.';
}

const getLocalPath = (entry: LockedPackage): string | undefined => entry.directory?.path ?? entry.archive?.path;

/** Normalizes a package name by PEP 503. */
export const normalizeName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/** Converts pins to a lock for uv's output path, whose versions uv prefers. */
export function toPreferences(pins: string[]): LockDocument {
  const packages = pins.flatMap((pin) => {
    const [, name, version] = /^([A-Za-z0-9][\w.-]*)==([\w.!+-]+)$/.exec(pin) ?? [];
    return name === undefined || version === undefined ? [] : [{ name, version }];
  });
  return { rest: { 'lock-version': '1.0', 'created-by': 'berth' }, packages };
}

/** Adds packages to a lock. The lock's entry takes precedence unless it has a marker, and so may be for other machines. */
export function mergePackages(locked: LockedPackage[], additions: LockedPackage[]): LockedPackage[] {
  const names = (packages: LockedPackage[]) => new Set(packages.map(({ name }) => normalizeName(name)));
  const unconditional = names(locked.filter(({ marker }) => marker === undefined));
  const added = additions.filter(({ name }) => !unconditional.has(normalizeName(name)));
  const replaced = names(added);
  return [...locked.filter(({ name }) => !replaced.has(normalizeName(name))), ...added];
}

/** Lists packages whose version changed: `six 1.15.0 → 1.16.0`. */
export function describeChanges(before: LockedPackage[], after: LockedPackage[]): string[] {
  const versions = new Map(before.map(({ name, version }) => [normalizeName(name), version]));
  return after.flatMap(({ name, version }) => {
    const previous = versions.get(normalizeName(name));
    return previous === undefined || version === undefined || previous === version
      ? []
      : [`${name} ${previous} → ${version}`];
  });
}
