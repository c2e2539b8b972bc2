import type { Dirent } from 'node:fs';
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { BerthError } from '../errors.js';
import { berthHome } from '../home.js';
import { type IgnoreLayer, isExcludedByDefault, isIgnored, layersWithin, readIgnoreLayers } from './ignore-rules.js';

export interface SourceFile {
  /** Relative to the source, with `/`. */
  path: string;
  bytes: number;
  /** Permission bits. */
  mode: number;
  kind: 'file' | 'link';
  /** Of a link: where it points, relative to its own directory. */
  target?: string;
}

interface Walk {
  root: string;
  /** Berth's own home, which may lie in the repository. */
  home: string;
  files: SourceFile[];
  onNote: (note: string) => void;
}

/**
 * The files of a repository that belong to the solution, sorted by path: no version histories, virtual environments,
 * caches or `.env` files, and nothing that a `.gitignore` or `.berthignore` leaves out. Empty directories do not count,
 * as in git. Only reads. `onNote` hears what was left out against expectation.
 *
 * Throws SOURCE_NOT_FOUND for what cannot be read, SOURCE_UNSAFE for a link that leaves the tree.
 */
export async function listSourceFiles(
  source: string,
  onNote: (note: string) => void = () => {},
): Promise<SourceFile[]> {
  const home = berthHome().root;
  const walk: Walk = {
    root: await openSource(source),
    home: await realpath(home).catch(() => home),
    files: [],
    onNote,
  };
  await listDirectory(walk, '', []);
  return walk.files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function openSource(source: string): Promise<string> {
  const root = await realpath(source).catch((error) => {
    throw unreadable(source, error);
  });
  if ((await stat(root)).isDirectory()) return root;
  throw new BerthError('SOURCE_NOT_FOUND', `${source} is not a directory`, { path: source });
}

async function listDirectory(walk: Walk, base: string, above: readonly IgnoreLayer[]): Promise<void> {
  const directory = resolve(walk.root, base);
  if (directory === walk.home) return;
  const entries = await readdir(directory, { withFileTypes: true }).catch((error) => {
    throw unreadable(directory, error);
  });
  const names = new Set(entries.filter((entry) => entry.isFile()).map((entry) => entry.name));
  if (base !== '' && names.has('pyvenv.cfg')) return;
  const layers = await readIgnoreLayers(walk.root, base, names, above).catch((error) => {
    throw unreadable(directory, error);
  });
  await Promise.all(entries.map((entry) => listEntry(walk, base, entry, layers)));
}

async function listEntry(walk: Walk, base: string, entry: Dirent, layers: readonly IgnoreLayer[]): Promise<void> {
  const path = base + entry.name;
  if (isExcludedByDefault(entry.name) || isIgnored(entry.isDirectory() ? `${path}/` : path, layers)) return;
  if (entry.name.includes('\uFFFD')) walk.onNote(`left out ${path}: its name is not UTF-8`);
  else if (entry.isDirectory()) await listDirectory(walk, `${path}/`, layersWithin(`${path}/`, layers));
  else if (entry.isFile()) await listFile(walk, path);
  else if (entry.isSymbolicLink()) await listLink(walk, path);
  else walk.onNote(`left out ${path}: it is neither a file nor a directory`);
}

async function listFile(walk: Walk, path: string): Promise<void> {
  const found = await lstat(join(walk.root, path)).catch((error) => {
    throw unreadable(join(walk.root, path), error);
  });
  walk.files.push({ path, bytes: found.size, mode: found.mode & 0o777, kind: 'file' });
}

/**
 * A link that stays in the tree is kept as one, written anew as the relative path: an absolute one would lead from the
 * copy back into the user's own tree, and an agent that edits through it would change that.
 */
async function listLink(walk: Walk, path: string): Promise<void> {
  const place = dirname(join(walk.root, path));
  const written = await readlink(join(walk.root, path));
  const pointsTo = resolve(place, written);
  // What dangles, or goes round in circles, leads nowhere outside.
  const leadsTo = await realpath(pointsTo).catch(() => pointsTo);
  if (!isWithin(walk.root, leadsTo)) {
    throw new BerthError('SOURCE_UNSAFE', `${path} is a link that leaves the repository: it points to ${written}`, {
      path: walk.root,
      link: path,
      target: written,
    });
  }
  const inside = isWithin(walk.root, pointsTo) ? pointsTo : leadsTo;
  walk.files.push({ path, bytes: 0, mode: 0o777, kind: 'link', target: relative(place, inside) || '.' });
}

const isWithin = (root: string, path: string): boolean => path === root || path.startsWith(root + sep);

/** A part of the source that the worker cannot read, as an error of the user's. */
export function unreadable(path: string, error: NodeJS.ErrnoException): BerthError {
  const why = error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.code ?? error.message})`;
  return new BerthError('SOURCE_NOT_FOUND', `${path} ${why}`, { path }, { cause: error });
}
