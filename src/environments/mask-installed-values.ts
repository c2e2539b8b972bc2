import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { maskValues, type Variables } from './pip-files/variables.js';

/** Replaces the values of variables in the origins that installers record (`direct_url.json`). */
export async function maskInstalledValues(environment: string, variables: Variables): Promise<void> {
  if (Object.keys(variables).length === 0) return;
  for (const library of await readdir(join(environment, 'lib'))) {
    const packages = join(environment, 'lib', library, 'site-packages');
    const names = (await readdir(packages).catch(() => [])).filter((name) => name.endsWith('.dist-info'));
    await Promise.all(names.map((name) => maskFile(join(packages, name, 'direct_url.json'), variables)));
  }
}

/** Replaces the file instead of writing into it, because it may be a link into uv's cache. */
async function maskFile(file: string, variables: Variables): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const masked = maskValues(text, variables);
  if (masked === text) return;
  await rm(file);
  await writeFile(file, masked);
}
