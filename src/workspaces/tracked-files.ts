import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { gitEnvironment } from './git-repository.js';

/** Milliseconds; git takes some for a large index. */
const timeout = 10_000;

/** Nothing that a repository configures is run, and no file outside of it is read. */
export const harmless = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.excludesFile=/dev/null'];

/**
 * Files that git tracks although an ignore file matches them (`git add -f model.pkl`), relative to `root`; none where
 * the source is no git repository, or there is no git here. Reads the repository that holds `root`, whoever owns it.
 */
export async function listTrackedFiles(root: string, onNote: (note: string) => void): Promise<string[]> {
  const top = await findRepository(root);
  if (top === undefined) return [];
  const settings = harmless.flatMap((setting) => ['-c', setting]);
  const result = await execa('git', [...settings, 'ls-files', '-z', '--cached', '--ignored', '--exclude-standard'], {
    cwd: root,
    env: gitEnvironment(join(top, '.git'), { GIT_WORK_TREE: top }),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    timeout,
    killSignal: 'SIGKILL',
    maxBuffer: 64_000_000,
    stdin: 'ignore',
  });
  if (!result.failed) return result.stdout.split('\0').filter((path) => path !== '');
  if (result.timedOut) onNote('ignored files that git tracks are left out: git took too long to list them');
  return [];
}

/** The nearest directory, from `directory` upward, that has a `.git`. */
export async function findRepository(directory: string): Promise<string | undefined> {
  const found = await lstat(join(directory, '.git')).catch(() => undefined);
  if (found?.isDirectory() || found?.isFile()) return directory;
  return dirname(directory) === directory ? undefined : findRepository(dirname(directory));
}
