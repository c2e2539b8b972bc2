import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { type BerthHome, berthHome } from '../../src/home.js';

const made: string[] = [];

afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
});

/** A directory that is gone when the test file ends, also when it fails. */
export function temporaryDirectory(prefix = 'berth-'): string {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  made.push(directory);
  return directory;
}

/** An empty home of its own. */
export const temporaryHome = (): BerthHome => berthHome(temporaryDirectory('berth-home-'));

/** Writes a small repository: path → content. */
export function writeTree(root: string, files: Record<string, string>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** A repository in a directory of its own. */
export const temporarySolution = (files: Record<string, string>): string =>
  writeTree(temporaryDirectory('berth-solution-'), files);
