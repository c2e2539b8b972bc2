import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../home/package-root.js';

/** The version of the package that this command is part of. */
export async function readVersion(): Promise<string> {
  const manifest: { version: string } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
  return manifest.version;
}
