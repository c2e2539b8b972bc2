import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { BerthError, isDiskFullMessage } from '../errors.js';

/**
 * A workspace's git directory lies beside it, not in it: an agent may run `git init`, commit or delete `.git` as it
 * likes, and code that asks git for its own version sees no history that is not its own.
 */
export const getGitDirectory = (workspace: string): string => `${workspace}.git`;

/** Written by hand, because `git init` would cost a process and copy the machine's template with its hooks. */
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
 * Content goes in and out byte by byte, whatever attributes the repository brings. `unpackLimit`: small commits stay
 * packs, which fast-import compares with, so that the same content is stored once.
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

/** Neither the user's nor the machine's configuration has a say. */
export function buildGitEnvironment(directory: string, extra: Record<string, string>): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>), // The values of process.env's own keys are strings.
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

/** Standard output of one git command. Throws TOOL_MISSING where there is no git, INTERNAL with git's words. */
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
