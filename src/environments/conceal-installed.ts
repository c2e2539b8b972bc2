import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { conceal, type Variables } from './pip-files/variables.js';

/** Takes the values of variables out of what installers note about where a package comes from (`direct_url.json`). */
export async function concealInstalled(environment: string, variables: Variables): Promise<void> {
  if (Object.keys(variables).length === 0) return;
  for (const library of await readdir(join(environment, 'lib'))) {
    const packages = join(environment, 'lib', library, 'site-packages');
    const names = (await readdir(packages).catch(() => [])).filter((name) => name.endsWith('.dist-info'));
    await Promise.all(names.map((name) => concealFile(join(packages, name, 'direct_url.json'), variables)));
  }
}

/** Replaced, not written into: the file may be a link into uv's cache. */
async function concealFile(file: string, variables: Variables): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const concealed = conceal(text, variables);
  if (concealed === text) return;
  await rm(file);
  await writeFile(file, concealed);
}
