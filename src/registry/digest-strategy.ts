import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { packageRoot } from '../home/package-root.js';
import type { LoadedStrategy } from './strategy-entry.js';

/** Of the Berth that this process began with, whatever is built later; null where none was built. */
const ownBuild = readBuild();

function readBuild(): string | null {
  try {
    return readFileSync(join(packageRoot, 'dist', 'build'), 'utf8');
  } catch {
    return null;
  }
}

/** The same for the same strategy: over its files, of a built-in one the digest of all that was built. Null: not known. */
export async function digestStrategy({ origin, directory }: LoadedStrategy): Promise<string | null> {
  return origin === 'built-in' ? ownBuild : await digestDirectory(directory);
}

async function digestDirectory(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const path of await listFiles(root))
    hash
      .update(`${path}\0`)
      .update(await readFile(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}

/** Also what a `.gitignore` names: a module may be generated. Not what an installation or a run leaves beside it. */
async function listFiles(root: string): Promise<string[]> {
  const { isExcludedByDefault } = await import('../workspaces/ignore-rules.js');
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return paths.filter((path) => !path.split(sep).some(isExcludedByDefault)).sort();
}
