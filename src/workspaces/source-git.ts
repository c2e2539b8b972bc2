import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { buildGitEnvironment } from './git-repository.js';

/** Milliseconds. Git needs a few seconds for a large index. */
const timeout = 10_000;

/** Settings that keep git from running what a repository configures, and from reading files outside of it. */
const safeSettings = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.excludesFile=/dev/null'];

/** Runs git in `cwd` for the repository at `top`, regardless of its owner. Does not throw if git fails. */
export const runSourceGit = ({ top, cwd }: { top: string; cwd: string }, args: string[], input = '') =>
  execa('git', [...safeSettings.flatMap((setting) => ['-c', setting]), ...args], {
    cwd,
    env: buildGitEnvironment(join(top, '.git'), { GIT_WORK_TREE: top, GIT_NO_LAZY_FETCH: '1' }),
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    timeout,
    killSignal: 'SIGKILL',
    maxBuffer: 64_000_000,
    input,
  });

/** Returns the nearest directory with a `.git`, from `directory` upward. */
export async function findSourceRepository(directory: string): Promise<string | undefined> {
  const stats = await lstat(join(directory, '.git')).catch(() => undefined);
  if (stats?.isDirectory() || stats?.isFile()) return directory;
  return dirname(directory) === directory ? undefined : findSourceRepository(dirname(directory));
}
