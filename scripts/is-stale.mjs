import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Whether dist/ is missing or older than what it is made of. The declarations are the last that the build writes. */
export function isStale() {
  const built = statSync(join(root, 'dist', 'types', 'src', 'index.d.ts'), { throwIfNoEntry: false });
  if (built === undefined) return true;
  const sources = ['client.ts', 'worker.ts', 'package.json', 'tsconfig.json', 'src', 'strategies', 'scripts/build.mjs'];
  return sources.some((source) => newestChange(join(root, source)) > built.mtimeMs);
}

function newestChange(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}
