import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { type BerthHome, berthHome } from '../../src/home/home.js';

const cleanups: (() => Promise<void> | void)[] = [];

// One hook, registered at import because jest allows none within a test. Runs cleanups in reverse order.
afterAll(async () => {
  for (const end of cleanups.toReversed()) await end();
});

/** Registers a cleanup for the end of the test file, even if it fails; it runs before earlier ones. */
export const registerCleanup = (end: () => Promise<void> | void): number => cleanups.push(end);

/** Creates a directory that is removed when the test file ends, even if it fails. */
export function temporaryDirectory(prefix = 'berth-'): string {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  registerCleanup(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
}

/** Creates an empty home. */
export const temporaryHome = (): BerthHome => berthHome(temporaryDirectory('berth-home-'));

/** Home of the test run, for environments that many test files share. */
export const sharedHome = (): BerthHome => berthHome(process.env.BERTH_TEST_HOME);

/** Writes a small repository from a map of path → content. */
export function writeTree(root: string, files: Record<string, string>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** Creates a repository in a temporary directory. */
export const temporarySolution = (files: Record<string, string>): string =>
  writeTree(temporaryDirectory('berth-solution-'), files);
