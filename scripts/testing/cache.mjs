import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { source } from './import-source.mjs';

/** Cache of downloads from package registries, in the platform's directory for caches. */
export const cache = join(envPaths('berth', { suffix: '' }).cache, 'tests');

/**
 * Returns a complete directory of the cache, which `create` fills once. Repeats an interrupted creation; concurrent runs
 * wait for each other. The name must change with the content.
 */
export async function createOnce(name, create) {
  const directory = join(cache, name);
  const complete = join(directory, '.complete');
  if (existsSync(complete)) return directory;
  const { withLock } = await source('processes/lock.ts');
  return withLock({ directory: join(cache, 'locks', name) }, async () => {
    if (existsSync(complete)) return directory;
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    await create(directory);
    writeFileSync(complete, '');
    return directory;
  });
}
