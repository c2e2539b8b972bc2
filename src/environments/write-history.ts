import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { SourceVersion } from '../contract/source-version.js';
import { childEnvironment } from './child-environment.js';

const manifests = ['pyproject.toml', 'setup.cfg', 'setup.py'];

/** Build tools that ask git for the version: setuptools-scm, hatch-vcs, PDM, versioneer, dunamai, versioningit, … */
const asksGit =
  /setuptools[-_]scm|use_scm_version|hatch[-_]vcs|source\s*=\s*["'](vcs|scm)["']|versioneer|dunamai|dynamic[-_]versioning|versioningit|setuptools[-_]git/i;

/** A history beyond this is told as this: no version needs it. */
const mostCommits = 10_000;

/**
 * Gives a copy of a source a git history that `git describe` says the same of as of the source's own: the tag, and as many
 * commits since. Only the commits' names differ. Nothing is done where no manifest asks git for the version.
 * @returns whether the copy has a history
 */
export async function writeHistory(directory: string, version: SourceVersion | null): Promise<boolean> {
  const texts = await Promise.all(manifests.map((file) => readFile(join(directory, file), 'utf8').catch(() => '')));
  if (!texts.some((text) => asksGit.test(text))) return false;
  try {
    await git(directory, ['init', '--quiet', '--template=', '--initial-branch=main']);
    const since = Math.min(version?.distance ?? 0, mostCommits);
    if (version !== null && since > 0)
      await git(directory, ['fast-import', '--quiet'], tellCommits(version.tag, since));
    await git(directory, ['add', '--all', '--force']);
    await git(directory, ['commit', '--quiet', '--allow-empty', '--no-verify', '--message', 'Copy the source']);
    if (version !== null && since === 0) await git(directory, ['tag', '--', version.tag]);
    return true;
  } catch {
    // No git here, or one that is too old: the build says what it lacks.
    return false;
  }
}

/** Empty commits before that of the files, the first of which has the tag. */
function tellCommits(tag: string, count: number): string {
  const commit = (index: number) =>
    `commit refs/heads/main\nmark :${index + 1}\ncommitter Berth <berth@localhost> ${index} +0000\ndata 0\n\n`;
  const commits = Array.from({ length: count }, (_, index) => commit(index));
  return `${commits.join('')}reset refs/tags/${tag}\nfrom :1\n\n`;
}

/** Neither the user's nor the machine's configuration has a say. */
async function git(directory: string, words: string[], input?: string): Promise<void> {
  const who = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) => [
      [`GIT_${role}_NAME`, 'Berth'],
      [`GIT_${role}_EMAIL`, 'berth@localhost'],
    ]),
  );
  const env = { ...childEnvironment(), ...who, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const options = { cwd: directory, env, extendEnv: false, timeout: 60_000 } as const;
  await execa('git', words, input === undefined ? { ...options, stdin: 'ignore' } : { ...options, input });
}
