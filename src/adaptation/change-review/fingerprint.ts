import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../../errors.js';
import { mapBounded } from '../../workspaces/map-bounded.js';

/** Path → what a change of the file would change. */
export type Fingerprint = Map<string, string>;

/** Named in the message; the evidence has more. */
const maxNamed = 20;

/**
 * What lies in these directories: of each file size, time, mode and number, not its content. Cheap enough to be taken
 * before and after each run. Links are not followed; what is in `except` may change.
 */
export async function takeFingerprint(guarded: readonly string[], except: readonly string[]): Promise<Fingerprint> {
  const found: Fingerprint = new Map();
  const excluded = new Set(except);
  let level = guarded.filter((path) => !excluded.has(path));
  while (level.length > 0) {
    const below = await mapBounded(level, (path) => fingerprintPath(path, found));
    level = below.flat().filter((path) => !excluded.has(path));
  }
  return found;
}

/** Notes one path; answers with what is below it. */
async function fingerprintPath(path: string, found: Fingerprint): Promise<string[]> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return [];
  const { size, mtimeMs, mode, ino } = stats;
  // A directory's size and time say only that something in it came or went, which shows by itself.
  found.set(path, stats.isDirectory() ? `${mode} ${ino}` : `${size} ${mtimeMs} ${mode} ${ino}`);
  if (!stats.isDirectory()) return [];
  const names = await readdir(path).catch(() => []);
  return names.map((name) => join(path, name));
}

/** Throws ADAPTATION_FAILED when something is not as it was. */
export function assertUnchanged(before: Fingerprint, after: Fingerprint): void {
  const changed = [...before].filter(([path, print]) => after.get(path) !== print).map(([path]) => path);
  const added = [...after.keys()].filter((path) => !before.has(path));
  const touched = [...changed, ...added].sort();
  if (touched.length === 0) return;
  const named = touched.slice(0, maxNamed).join('\n');
  const left = touched.length > maxNamed ? `\nand ${touched.length - maxNamed} more` : '';
  const message = `files outside the workspace changed while the agent ran without a sandbox: ${touched[0]}`;
  throw new BerthError(
    'ADAPTATION_FAILED',
    touched.length === 1 ? message : `${message}, and ${touched.length - 1} more`,
    {
      evidence: `changed outside the workspace (put them back if it was you):\n${named}${left}`,
    },
  );
}
