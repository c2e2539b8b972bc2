import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Checks whether dist/ is missing or older than its sources. The build writes the declarations last. */
export function isStale() {
  const built = statSync(join(root, 'dist', 'types', 'src', 'index.d.ts'), { throwIfNoEntry: false });
  if (built === undefined) return true;
  const sources = ['client.ts', 'worker.ts', 'package.json', 'tsconfig.json', 'src', 'strategies', 'scripts/build.mjs'];
  return sources.some((source) => findNewestChange(join(root, source)) > built.mtimeMs);
}

function findNewestChange(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => findNewestChange(join(path, name))));
}
