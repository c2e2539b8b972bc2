import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Returns an empty value for every variable that a `.env` file in or above the workspace would set. Variables that are
 * already set take precedence over the file, so a repository cannot route the agent through its own proxy.
 */
export async function blankDotEnv(workspace: string): Promise<Record<string, string>> {
  const files = listAncestors(workspace).flatMap((directory) => [
    join(directory, '.gemini', '.env'),
    join(directory, '.env'),
  ]);
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const { parse } = await import('dotenv');
  const names = texts.flatMap((text) => Object.keys(parse(text)));
  return Object.fromEntries(names.map((name) => [name, '']));
}

function listAncestors(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...listAncestors(parent)];
}
