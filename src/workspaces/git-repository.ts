import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { BerthError, isDiskFullMessage } from '../errors.js';

/**
 * Returns the git directory of a workspace. It is next to the workspace, not in it: an agent may run `git init`, commit
 * or delete `.git`, and code that asks git for its version does not see Berth's history.
 */
export const getGitDirectory = (workspace: string): string => `${workspace}.git`;

/** Creates a repository without `git init`, which takes a process and copies the machine's template with its hooks. */
export async function createRepository(directory: string): Promise<void> {
  const parts = ['objects/info', 'objects/pack', 'refs/heads', 'info'].map((part) => join(directory, part));
  await Promise.all(parts.map((part) => mkdir(part, { recursive: true })));
  await Promise.all([
    writeFile(join(directory, 'HEAD'), 'ref: refs/heads/main\n'),
    writeFile(join(directory, 'config'), config),
    writeFile(join(directory, 'info', 'attributes'), '* -text -eol -ident -filter -working-tree-encoding\n'),
  ]);
}

/**
 * Keeps content byte for byte, regardless of the repository's attributes. `unpackLimit` keeps small commits as packs:
 * only with packs does fast-import store the same content once.
 */
const config = `[core]
	repositoryformatversion = 0
	bare = false
	autocrlf = false
	fileMode = true
	symlinks = true
	protectNTFS = false
	protectHFS = false
	quotePath = false
	hooksPath = /dev/null
[fastimport]
	unpackLimit = 0
[gc]
	auto = 0
[user]
	name = Berth
	email = berth@localhost
`;

/** Builds an environment in which git ignores the configuration of the user and the machine. */
export function buildGitEnvironment(directory: string, extra: Record<string, string>): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>), // the existing variables have values
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_DIR: directory,
    ...extra,
  };
}

export const startGit = (workspace: string, args: readonly string[], extra: Record<string, string> = {}) =>
  execa('git', args, {
    env: buildGitEnvironment(getGitDirectory(workspace), { GIT_WORK_TREE: workspace, ...extra }),
    extendEnv: false,
    stripFinalNewline: false,
    maxBuffer: 256 * 1024 * 1024,
  });

/**
 * Runs a git command and returns its standard output.
 *
 * @throws TOOL_MISSING, INTERNAL when git is not installed, or fails. The evidence is git's output.
 */
export async function runGit(
  workspace: string,
  args: readonly string[],
  extra: Record<string, string> = {},
): Promise<string> {
  const { stdout } = await startGit(workspace, args, extra).catch((error) => {
    throw describeGitFailure(error);
  });
  return stdout;
}

export function describeGitFailure(error: Error & { code?: string; stderr?: unknown; shortMessage?: string }): Error {
  if (error.code === 'ENOENT') return new BerthError('TOOL_MISSING', 'git is not on the PATH', { tool: 'git' });
  const evidence = String(error.stderr ?? '').trim();
  if (isDiskFullMessage(evidence)) return Object.assign(error, { code: 'ENOSPC' });
  const details = evidence === '' ? {} : { evidence };
  return new BerthError('INTERNAL', error.shortMessage ?? error.message, details, { cause: error });
}
