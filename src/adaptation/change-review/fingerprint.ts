import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthError } from '../../errors.js';
import { mapBounded } from '../../workspaces/map-bounded.js';

/** Path → metadata that changes if the file changes. */
export type Fingerprint = Map<string, string>;

/** Maximum number of paths in the evidence. */
const maxListed = 20;

/**
 * Records size, time, mode and inode of each file below the guarded paths, but not its content, so that it is cheap
 * enough to take before and after each run. Does not follow links. Paths in `exceptions` may change.
 */
export async function takeFingerprint(guarded: readonly string[], exceptions: readonly string[]): Promise<Fingerprint> {
  const fingerprint: Fingerprint = new Map();
  const excluded = new Set(exceptions);
  let level = guarded.filter((path) => !excluded.has(path));
  while (level.length > 0) {
    const children = await mapBounded(level, (path) => fingerprintPath(path, fingerprint));
    level = children.flat().filter((path) => !excluded.has(path));
  }
  return fingerprint;
}

/** Records one path, and returns the paths directly below it. */
async function fingerprintPath(path: string, fingerprint: Fingerprint): Promise<string[]> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return [];
  const { size, mtimeMs, mode, ino } = stats;
  // A directory's size and time only show that an entry was added or removed, which the entries show anyway.
  fingerprint.set(path, stats.isDirectory() ? `${mode} ${ino}` : `${size} ${mtimeMs} ${mode} ${ino}`);
  if (!stats.isDirectory()) return [];
  const names = await readdir(path).catch(() => []);
  return names.map((name) => join(path, name));
}

/**
 * Checks that no guarded file has changed.
 *
 * @throws ADAPTATION_FAILED when the fingerprints differ
 */
export function assertUnchanged(before: Fingerprint, after: Fingerprint): void {
  const changed = [...before].filter(([path, metadata]) => after.get(path) !== metadata).map(([path]) => path);
  const added = [...after.keys()].filter((path) => !before.has(path));
  const touched = [...changed, ...added].sort();
  if (touched.length === 0) return;
  const listed = touched.slice(0, maxListed).join('\n');
  const more = touched.length > maxListed ? `\nand ${touched.length - maxListed} more` : '';
  const message = `files outside the workspace changed while the agent ran without a sandbox: ${touched[0]}`;
  throw new BerthError(
    'ADAPTATION_FAILED',
    touched.length === 1 ? message : `${message}, and ${touched.length - 1} more`,
    {
      evidence: `changed outside the workspace (restore them if you changed them):\n${listed}${more}`,
    },
  );
}
