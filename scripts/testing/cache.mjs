import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { source } from './import-source.mjs';

/** What the tests get from package registries stays here between runs, in the platform's directory for caches. */
export const cache = join(envPaths('berth', { suffix: '' }).cache, 'tests');

/**
 * Returns a directory of the cache with what `make` puts there, complete. What a killed run left is made anew; of two runs
 * at once one waits for the other. The name has to change with the content.
 */
export async function makeOnce(name, make) {
  const directory = join(cache, name);
  const complete = join(directory, '.complete');
  if (existsSync(complete)) return directory;
  const { withLock } = await source('processes/lock.ts');
  return withLock({ directory: join(cache, 'locks', name) }, async () => {
    if (existsSync(complete)) return directory;
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    await make(directory);
    writeFileSync(complete, '');
    return directory;
  });
}
