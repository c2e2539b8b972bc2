import { constants, type Dirent } from 'node:fs';
import { lstat, open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { BerthError } from '../errors.js';
import { berthHome } from '../home/home.js';
import { sortInSlices, TimeSlicer } from '../parsing/time-slicing.js';
import {
  filterLayersWithin,
  type IgnoreLayer,
  isExcludedByDefault,
  isIgnored,
  isIgnoredByBerth,
  readIgnoreLayers,
} from './ignore-rules.js';
import { listTrackedFiles } from './list-tracked-files.js';
import { mapBounded } from './map-bounded.js';
import { findSourceRepository } from './source-git.js';

export interface SourceFile {
  /** Relative to the source, with `/`. */
  path: string;
  bytes: number;
  /** Permission bits. */
  mode: number;
  kind: 'file' | 'link';
  /** Target of a link, relative to the link's directory. */
  target?: string;
  /** True if git tracks the file although a `.gitignore` matches it. */
  isTracked?: true;
}

export interface ListOptions {
  /** Called for files that are unexpectedly left out. */
  onNote?: ((note: string) => void) | undefined;
  /** Paths that belong to the source although a `.gitignore` matches them. Default: those that git tracks. */
  tracked?: readonly string[] | undefined;
}

interface Walk {
  root: string;
  /** Berth's home, which may be inside the repository. */
  home: string;
  files: SourceFile[];
  /** Ignore rules of each visited directory, by its base. */
  layers: Map<string, readonly IgnoreLayer[]>;
  hasIgnored: boolean;
  slicer: TimeSlicer;
  onNote: (note: string) => void;
}

/**
 * Lists the files of a repository that belong to the solution, sorted by path. Read-only.
 *
 * Excludes version histories, virtual environments, caches, `.env` files, empty directories, and what a `.gitignore` or
 * `.berthignore` excludes. Includes files that git tracks although a `.gitignore` matches them. Leaves out, with a note,
 * files that this process may not read, and dangling links out of the tree. A link to a file in another part of the same
 * git repository counts as that file.
 *
 * @throws SOURCE_NOT_FOUND, SOURCE_UNSAFE when the directory cannot be read, or any other link leaves the tree.
 */
export async function listSourceFiles(source: string, options: ListOptions = {}): Promise<SourceFile[]> {
  const home = berthHome().root;
  const walk: Walk = {
    root: await resolveSource(source),
    home: await realpath(home).catch(() => home),
    files: [],
    layers: new Map(),
    hasIgnored: false,
    slicer: new TimeSlicer(),
    onNote: options.onNote ?? (() => {}),
  };
  let level = [{ base: '', above: [] as readonly IgnoreLayer[] }];
  while (level.length > 0) {
    level = (await mapBounded(level, ({ base, above }) => listDirectory(walk, base, above))).flat();
  }
  if (walk.hasIgnored) await addTracked(walk, options.tracked ?? (await listTrackedFiles(walk.root, walk.onNote)));
  return await sortInSlices(walk.files, (a, b) => (a.path < b.path ? -1 : 1));
}

async function resolveSource(source: string): Promise<string> {
  const root = await realpath(source).catch((error) => {
    throw createUnreadableError(source, error);
  });
  if ((await stat(root)).isDirectory()) return root;
  throw new BerthError('SOURCE_NOT_FOUND', `${source} is not a directory`, { path: source });
}

type Directory = { base: string; above: readonly IgnoreLayer[] };

/** Adds the files of a directory to the walk; returns its subdirectories. */
async function listDirectory(walk: Walk, base: string, above: readonly IgnoreLayer[]): Promise<Directory[]> {
  const directory = resolve(walk.root, base);
  if (directory === walk.home) return [];
  const entries = await readEntries(walk, directory, base);
  const names = new Set(entries.filter((entry) => entry.isFile()).map((entry) => entry.name));
  if (base !== '' && names.has('pyvenv.cfg')) return [];
  const layers = await readIgnoreLayers({ root: walk.root, base, names, above, onNote: walk.onNote });
  walk.layers.set(base, layers);
  const directories = await mapBounded(entries, (entry) => listEntry(walk, base, entry, layers));
  return directories.filter((inner) => inner !== undefined);
}

/** Reads the entries of a directory. Leaves out a subdirectory that cannot be read. */
async function readEntries(walk: Walk, directory: string, base: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (base === '') throw createUnreadableError(directory, error as NodeJS.ErrnoException);
    addUnreadableNote(walk, base.slice(0, -1), error as NodeJS.ErrnoException);
    return [];
  }
}

async function listEntry(
  walk: Walk,
  base: string,
  entry: Dirent,
  layers: readonly IgnoreLayer[],
): Promise<Directory | undefined> {
  await walk.slicer.yieldIfDue();
  const path = base + entry.name;
  if (isExcludedByDefault(entry.name)) return undefined;
  if (isIgnored(entry.isDirectory() ? `${path}/` : path, layers)) {
    walk.hasIgnored = true;
    return undefined;
  }
  if (entry.name.includes('\uFFFD')) walk.onNote(`left out ${path}: its name is not UTF-8`);
  else if (entry.isDirectory()) return { base: `${path}/`, above: filterLayersWithin(`${path}/`, layers) };
  else if (entry.isFile()) await listFile(walk, path);
  else if (entry.isSymbolicLink()) await listLink(walk, path);
  else walk.onNote(`left out ${path}: it is neither a file nor a directory`);
  return undefined;
}

/** Opens a file only if it is not readable for everyone, to find out whether this process may read it. */
async function listFile(walk: Walk, path: string): Promise<SourceFile | undefined> {
  const absolutePath = join(walk.root, path);
  try {
    const stats = await lstat(absolutePath);
    if ((stats.mode & 0o444) !== 0o444)
      await (await open(absolutePath, constants.O_RDONLY | constants.O_NONBLOCK)).close();
    const file: SourceFile = { path, bytes: stats.size, mode: stats.mode & 0o777, kind: 'file' };
    walk.files.push(file);
    return file;
  } catch (error) {
    addUnreadableNote(walk, path, error as NodeJS.ErrnoException);
    return undefined;
  }
}

/**
 * Keeps a link that stays in the tree, with a relative target. An absolute target would lead from the copy back into the
 * user's tree, where an agent that edits through it would change files.
 */
async function listLink(walk: Walk, path: string): Promise<SourceFile | undefined> {
  const directory = dirname(join(walk.root, path));
  const target = await readlink(join(walk.root, path));
  const linkTarget = resolve(directory, target);
  // A dangling or circular link has no real path.
  const resolvedTarget = await realpath(linkTarget).catch(() => linkTarget);
  if (!isWithin(walk.root, resolvedTarget)) {
    if (isWithin((await findSourceRepository(walk.root)) ?? walk.root, resolvedTarget))
      return await listOutsideFile(walk, path, resolvedTarget);
    if (!(await exists(resolvedTarget))) {
      walk.onNote(`left out ${path}: it is a link to ${target}, which does not exist`);
      return undefined;
    }
    throw createUnsafeLinkError(walk, path, target);
  }
  const inside = isWithin(walk.root, linkTarget) ? linkTarget : resolvedTarget;
  const file: SourceFile = { path, bytes: 0, mode: 0o777, kind: 'link', target: relative(directory, inside) || '.' };
  walk.files.push(file);
  return file;
}

/** Checks whether a path exists. True if this process may not access it. */
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    ({ code = '' }: NodeJS.ErrnoException) => !['ENOENT', 'ENOTDIR', 'ELOOP'].includes(code),
  );

function createUnsafeLinkError({ root }: Walk, link: string, target: string): BerthError {
  const rule = `/${link.replaceAll(/[\\*?[]/g, '\\$&')}`;
  const message = `${link} is a link that leaves the repository: it points to ${target}; to leave it out, add “${rule}” to .berthignore`;
  return new BerthError('SOURCE_UNSAFE', message, { path: root, link, target });
}

/** Lists a link to a file in another part of the git repository as that file. The copy gets its content. */
async function listOutsideFile(walk: Walk, path: string, resolvedTarget: string): Promise<SourceFile | undefined> {
  const stats = await lstat(resolvedTarget).catch(() => undefined);
  if (stats?.isFile() && (stats.mode & 0o444) === 0o444) {
    const file: SourceFile = { path, bytes: stats.size, mode: stats.mode & 0o777, kind: 'file' };
    walk.files.push(file);
    return file;
  }
  walk.onNote(`left out ${path}: it is a link out of the deployed directory to something other than a readable file`);
  return undefined;
}

/** Adds tracked files that only a `.gitignore` excludes. Default exclusions and `.berthignore` still apply. */
async function addTracked(walk: Walk, tracked: readonly string[]): Promise<void> {
  const known = new Set(walk.files.map(({ path }) => path));
  const missing = tracked.filter((path) => !known.has(path) && canAddTracked(walk, path));
  await mapBounded(missing, async (path) => {
    await walk.slicer.yieldIfDue();
    const absolutePath = join(walk.root, path);
    const [stats, directory] = await Promise.all([lstat(absolutePath), realpath(dirname(absolutePath))]).catch(
      () => [],
    );
    if (directory !== dirname(absolutePath) || !(stats?.isFile() || stats?.isSymbolicLink())) return;
    const file = await (stats.isFile() ? listFile : listLink)(walk, path);
    if (file !== undefined) file.isTracked = true;
  });
}

function canAddTracked(walk: Walk, path: string): boolean {
  const parts = path.split('/');
  if (parts.some((part) => part === '..' || isExcludedByDefault(part))) return false;
  const ancestors = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  const walked = ancestors.toReversed().find((directory) => walk.layers.has(`${directory}/`));
  const layers = walk.layers.get(walked === undefined ? '' : `${walked}/`) ?? [];
  return !ancestors.some((step, index) => isIgnoredByBerth(index < parts.length - 1 ? `${step}/` : step, layers));
}

const isWithin = (root: string, path: string): boolean => path === root || path.startsWith(root + sep);

/** Adds a note about an unreadable path, unless it has been deleted meanwhile. */
function addUnreadableNote({ onNote }: Walk, path: string, { code }: NodeJS.ErrnoException): void {
  if (code !== 'ENOENT') onNote(`left out ${path}: it cannot be read (${code})`);
}

/** Creates the error for a part of the source that the worker cannot read. */
export function createUnreadableError(path: string, error: NodeJS.ErrnoException): BerthError {
  const problem = error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.code ?? error.message})`;
  return new BerthError('SOURCE_NOT_FOUND', `${path} ${problem}`, { path }, { cause: error });
}
