import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A file or link of a build context. */
export interface ContextEntry {
  /** Relative to the context, with `/`. */
  path: string;
  /** Path on this machine. */
  source: string;
  size: number;
  isExecutable: boolean;
  /** Target of a link; null for a file. */
  target: string | null;
}

/** Modification time of every file, so that only the content counts. */
const fixedModificationTime = new Date(1_000_000_000_000);

/** Lists all files that `.dockerignore` does not exclude. A Dockerfile's own `Dockerfile.x.dockerignore` takes precedence. */
export async function listContext(directory: string, dockerfile: string): Promise<ContextEntry[]> {
  const isIgnored = await readIgnoreFile(directory, dockerfile);
  const entries = await listFiles(directory, '');
  return entries.filter(({ path }) => path === dockerfile || !isIgnored(path)).sort(byPath);
}

/** Lists the files of Berth's programs. `added` maps a path in the context to a directory on this machine. */
export async function listPrograms(added: Record<string, string>): Promise<ContextEntry[]> {
  const programs = await Promise.all(Object.entries(added).map(([path, source]) => listFiles(source, `${path}/`)));
  return programs.flat().sort(byPath);
}

const byPath = (left: ContextEntry, right: ContextEntry): number => (left.path < right.path ? -1 : 1);

async function readIgnoreFile(directory: string, dockerfile: string): Promise<(path: string) => boolean> {
  const loaded = await import('@balena/dockerignore');
  // A CommonJS module that exports the function itself, but its types describe an ES module.
  const dockerignore = loaded.default as unknown as typeof loaded.default.default;
  const read = (file: string) => readFile(join(directory, file), 'utf8').catch(() => undefined);
  const text = (await read(`${dockerfile}.dockerignore`)) ?? (await read('.dockerignore')) ?? '';
  const rules = dockerignore({ ignorecase: false }).add(text);
  return (path) => rules.ignores(path);
}

async function listFiles(root: string, prefix: string): Promise<ContextEntry[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/(^|[\\/])(\.git|__pycache__)[\\/]/.test(relative(root, path)));
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

/** Computes a digest of paths, modes and contents. Independent of where and when the files were written. */
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

/** Packs a context as a tar archive, with some texts replaced. All files are readable by every user of the image. */
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
