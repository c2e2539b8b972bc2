import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { type BerthHome, berthHome } from '../../src/home/home.js';

const cleanups: (() => Promise<void> | void)[] = [];

// One hook, registered at import because jest allows none within a test: what was begun last is ended first.
afterAll(async () => {
  for (const end of cleanups.toReversed()) await end();
});

/** Runs when the test file ends, also when it fails, before everything that was registered earlier. */
export const registerCleanup = (end: () => Promise<void> | void): number => cleanups.push(end);

/** A directory that is gone when the test file ends, also when it fails. */
export function temporaryDirectory(prefix = 'berth-'): string {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  registerCleanup(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
}

/** An empty home of its own. */
export const temporaryHome = (): BerthHome => berthHome(temporaryDirectory('berth-home-'));

/** The home of the whole run: for environments that many test files use and none removes. */
export const sharedHome = (): BerthHome => berthHome(process.env.BERTH_TEST_HOME);

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
