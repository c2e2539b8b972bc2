import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainUvFailure } from '../explain-uv-failure.js';
import type { LockFile } from '../requirements/manifest-requirements.js';
import { runUv, type UvCall } from '../run-uv.js';
import { type LockDocument, readLockDocument } from './lock.js';
import type { Resolution } from './resolution.js';

/** Content of a lock file of the repository. */
export interface LoadedLock {
  document: LockDocument;
  /** Base directory of its paths. */
  base: string;
  /** Every version, as requirement lines. */
  pins: string[];
  notes: string[];
}

/**
 * Loads a lock unchanged. First renews a lock that is older than its manifest, in a copy and with a note.
 *
 * @throws DEPENDENCY_UNRESOLVED when a lock cannot be read or renewed.
 */
export async function loadLock(resolution: Resolution, lock: LockFile): Promise<LoadedLock> {
  return lock.kind === 'uv' ? await loadUvLock(resolution, lock) : await loadPylock(resolution, lock);
}

async function loadPylock({ cwd }: Resolution, { directory, file }: LockFile): Promise<LoadedLock> {
  const document = await readLockDocument(join(cwd, file));
  const pins = document.packages.flatMap(({ name, version }) => (version === undefined ? [] : [`${name}==${version}`]));
  return { document, base: join(cwd, directory), pins, notes: [] };
}

async function loadUvLock(resolution: Resolution, lock: LockFile): Promise<LoadedLock> {
  const { requirements } = resolution;
  const isStale = await isUvLockStale(resolution, lock);
  const current = isStale ? { ...resolution, cwd: await resolution.copy.ensurePath() } : resolution;
  if (isStale) {
    const renewed = await runUv(buildUvCall(current, lock, ['lock', '--quiet']));
    if (renewed.exitCode !== 0) {
      const summary = `${lock.file} is stale, and \`uv lock\` cannot renew it`;
      throw explainUvFailure(renewed, 'DEPENDENCY_UNRESOLVED', summary);
    }
  }
  const output = join(resolution.scratch, 'pylock.toml');
  const member = lock.member === null ? [] : ['--package', lock.member];
  // The repository itself is installed separately, with its code.
  const omitProject = lock.isVirtual ? [] : ['--no-emit-project'];
  const groups = (lock.excludedGroups ?? []).flatMap((name) => ['--no-group', name]);
  const common = ['export', '--frozen', '--no-dev', '--quiet', ...groups, ...omitProject, ...member];
  const lines = join(resolution.scratch, 'pins.txt');
  const calls = [
    [...common, '--format', 'pylock.toml', '--output-file', output],
    [...common, '--format', 'requirements.txt', '--no-hashes', '--no-header', '--no-annotate', '--output-file', lines],
  ];
  for (const args of calls) {
    const result = await runUv(buildUvCall(current, lock, args));
    if (result.exitCode !== 0)
      throw explainUvFailure(
        result,
        'DEPENDENCY_UNRESOLVED',
        `the requirements of ${requirements.from} do not resolve`,
      );
  }
  const pins = (await readFile(lines, 'utf8')).split('\n').filter((line) => /^[A-Za-z0-9]/.test(line));
  return {
    document: await readLockDocument(output),
    base: resolution.scratch,
    pins,
    notes: isStale ? [describeStaleLock(lock)] : [],
  };
}

const describeStaleLock = ({ file }: LockFile): string =>
  `${file} is stale: it does not lock all requirements of pyproject.toml. It was renewed for this deployment; renew your own with \`uv lock\`.`;

/**
 * Checks whether a lock is stale. First checks it offline, without this machine's index, which may differ from the lock's
 * index. Only when that fails, lets uv resolve.
 */
async function isUvLockStale(resolution: Resolution, lock: LockFile): Promise<boolean> {
  const call = buildUvCall(resolution, lock, ['lock', '--check', '--quiet']);
  const offline = await runUv({ ...call, env: { ...call.env, ...unsetIndexVariables(), UV_OFFLINE: '1' } });
  if (offline.exitCode === 0) return false;
  const result = await runUv(call);
  return result.exitCode !== 0 && /lockfile .*needs to be updated|No solution found/.test(result.output);
}

const unsetIndexVariables = (): Record<string, undefined> =>
  Object.fromEntries(
    ['DEFAULT_INDEX', 'INDEX', 'INDEX_URL', 'EXTRA_INDEX_URL', 'FIND_LINKS', 'NO_INDEX'].map((name) => [
      `UV_${name}`,
      undefined,
    ]),
  );

const buildUvCall = (resolution: Resolution, { directory }: LockFile, args: string[]): UvCall => {
  const { home, cwd, interpreter, env, signal, onProgress } = resolution;
  const argv = [...args, '--python', interpreter.path];
  return { home, args: argv, cwd: join(cwd, directory), directory: resolution.directory, env, signal, onProgress };
};
