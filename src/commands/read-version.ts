import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../home/package-root.js';

/** Reads the version of Berth's package. */
export async function readVersion(): Promise<string> {
  const manifest: { version: string } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8'));
  return manifest.version;
}
