import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** One file or link of what an image is built from. */
export interface ContextEntry {
  /** Relative to the context, with `/`. */
  path: string;
  /** Where it lies here. */
  source: string;
  size: number;
  isExecutable: boolean;
  /** Where a link leads; null for a file. */
  target: string | null;
}

/** Of every file: what counts is its content. */
const fixedModificationTime = new Date(1_000_000_000_000);

/**
 * Everything below the directory that `.dockerignore` does not leave out. A Dockerfile's own ignore file
 * (`Dockerfile.x.dockerignore`) comes first, as everywhere.
 */
export async function listContext(directory: string, dockerfile: string): Promise<ContextEntry[]> {
  const isIgnored = await readIgnoreFile(directory, dockerfile);
  const own = await listFiles(directory, '');
  return own.filter(({ path }) => path === dockerfile || !isIgnored(path)).sort(byPath);
}

/** Programs of our own, whole, each under the path that it has in the context. */
export async function listPrograms(added: Record<string, string>): Promise<ContextEntry[]> {
  const programs = await Promise.all(Object.entries(added).map(([path, source]) => listFiles(source, `${path}/`)));
  return programs.flat().sort(byPath);
}

const byPath = (left: ContextEntry, right: ContextEntry): number => (left.path < right.path ? -1 : 1);

async function readIgnoreFile(directory: string, dockerfile: string): Promise<(path: string) => boolean> {
  const loaded = await import('@balena/dockerignore');
  // CommonJS that exports the function itself; its types are written for an ES module.
  const dockerignore = loaded.default as unknown as typeof loaded.default.default;
  const read = (file: string) => readFile(join(directory, file), 'utf8').catch(() => undefined);
  const text = (await read(`${dockerfile}.dockerignore`)) ?? (await read('.dockerignore')) ?? '';
  const rules = dockerignore({ ignorecase: false }).add(text);
  return (path) => rules.ignores(path);
}

async function listFiles(root: string, prefix: string): Promise<ContextEntry[]> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const named = found
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name));
  const paths = named.filter((path) => !/(^|[\\/])(\.git|__pycache__)[\\/]/.test(relative(root, path)));
  return await Promise.all(paths.map((source) => describe(root, source, prefix)));
}

async function describe(root: string, source: string, prefix: string): Promise<ContextEntry> {
  const status = await lstat(source);
  return {
    path: prefix + relative(root, source).split(sep).join('/'),
    source,
    size: status.size,
    isExecutable: (status.mode & 0o111) !== 0,
    target: status.isSymbolicLink() ? await readlink(source) : null,
  };
}

/** The same for the same files, wherever and whenever they were written. */
export async function digestContext(entries: ContextEntry[], extraTexts: string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const text of extraTexts) hash.update(`${text}\0`);
  for (const entry of entries) await addEntry(hash, entry);
  return hash.digest('hex');
}

async function addEntry(hash: Hash, { path, source, size, isExecutable, target }: ContextEntry): Promise<void> {
  hash.update(`${path}\0${isExecutable}\0${target ?? size}\0`);
  if (target !== null) return;
  for await (const block of createReadStream(source)) hash.update(block as Buffer);
}

/** The context as the engine takes it, some texts changed. Readable by every user of the image, whatever its modes are here. */
export async function packContext(entries: ContextEntry[], changed: Record<string, string> = {}): Promise<Readable> {
  const { pack } = await import('tar-stream');
  const archive = pack();
  const fill = async () => {
    for (const { path, source, size, isExecutable, target } of entries) {
      const header = { name: path, mtime: fixedModificationTime, mode: isExecutable ? 0o755 : 0o644 };
      const text = changed[path];
      if (text !== undefined) archive.entry(header, text);
      else if (target !== null) archive.entry({ ...header, type: 'symlink', linkname: target });
      else await pipeline(createReadStream(source), archive.entry({ ...header, size }));
    }
    archive.finalize();
  };
  fill().catch((error: Error) => archive.destroy(error));
  return archive;
}
