import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { buildGitEnvironment } from './git-repository.js';

/** Milliseconds; git takes some for a large index. */
const timeout = 10_000;

/** Nothing that a repository configures is run, and no file outside of it is read. */
const safeSettings = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'core.excludesFile=/dev/null'];

/** Runs git in `cwd`, for the repository at `top`, whoever owns it. Never throws for what git says. */
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

/** The nearest directory, from `directory` upward, that has a `.git`. */
export async function findSourceRepository(directory: string): Promise<string | undefined> {
  const found = await lstat(join(directory, '.git')).catch(() => undefined);
  if (found?.isDirectory() || found?.isFile()) return directory;
  return dirname(directory) === directory ? undefined : findSourceRepository(dirname(directory));
}
