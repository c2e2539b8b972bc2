import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { packageRoot } from '../home/package-root.js';
import type { LoadedStrategy } from './strategy-entry.js';

/** Build digest of the Berth that this process runs, even if a newer one is built later; null if there is no build. */
const currentBuild = readBuild();

function readBuild(): string | null {
  try {
    return readFileSync(join(packageRoot, 'dist', 'build'), 'utf8');
  } catch {
    return null;
  }
}

/** Returns the digest of a strategy's files; for a built-in strategy, the digest of the Berth build. Null if unknown. */
export async function digestStrategy({ origin, directory }: LoadedStrategy): Promise<string | null> {
  return origin === 'built-in' ? currentBuild : await digestDirectory(directory);
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

/** Lists the files, also those that a `.gitignore` names, because modules may be generated. Excludes caches. */
async function listFiles(root: string): Promise<string[]> {
  const { isExcludedByDefault } = await import('../workspaces/ignore-rules.js');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return paths.filter((path) => !path.split(sep).some(isExcludedByDefault)).sort();
}
