import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { BerthError } from '../../../src/errors.js';

/** Maximum size in bytes that LangSmith accepts. */
const maxArchiveBytes = 200 * 2 ** 20;
/** Names of files that serving or importing creates next to the code. */
const excludedNames = new Set(['.langgraph_api', '__pycache__', '.git', '.venv', 'node_modules']);

/**
 * Packs the revision's code into an archive of regular files, and replaces the content of some of them.
 *
 * @throws START_FAILED when it is too large for LangSmith.
 */
export async function packSource(directory: string, contents: Record<string, string> = {}): Promise<Buffer> {
  const archive = pack();
  const packed = buffer(archive.pipe(createGzip()));
  for (const path of await listFiles(directory)) {
    const { mode } = await stat(path);
    const name = relative(directory, path).split(sep).join('/');
    archive.entry({ name, mode: mode & 0o777 }, contents[name] ?? (await readFile(path)));
  }
  archive.finalize();
  const content = await packed;
  if (content.length <= maxArchiveBytes) return content;
  const size = (content.length / 2 ** 20).toFixed(0);
  throw new BerthError(
    'START_FAILED',
    `the packed source is ${size} MB, and LangSmith takes 200: leave out large files`,
  );
}

/** Lists files. A link within the code counts as its target. */
async function listFiles(directory: string): Promise<string[]> {
  const root = await realpath(directory);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        !relative(directory, path)
          .split(sep)
          .some((part) => excludedNames.has(part)),
    );
  const found = await Promise.all(paths.map(async (path) => ((await isWithin(root, path)) ? [path] : [])));
  return found.flat().sort();
}

async function isWithin(root: string, path: string): Promise<boolean> {
  const target = await realpath(path).catch(() => undefined);
  return target?.startsWith(root + sep) === true && (await stat(target)).isFile();
}
