import { execFile } from 'node:child_process';
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import type { Sandbox } from './agent.js';
import { findProgram } from './find-program.js';

const execute = promisify(execFile);

/** Where people keep what opens other doors; an agent that adapts code has no business there. */
const secretPaths = [
  ...[
    '.ssh',
    '.aws',
    '.azure',
    '.gnupg',
    '.kube',
    '.docker',
    '.netrc',
    '.npmrc',
    '.pypirc',
    '.git-credentials',
    '.env',
  ],
  ...[
    '.config/gcloud',
    '.config/gh',
    '.claude',
    '.claude.json',
    '.codex',
    '.gemini',
    '.config/opencode',
    '.aider.conf.yml',
  ],
  ...['.local/share/opencode', '.modal.toml', '.cache/huggingface/token', '.bash_history', '.zsh_history'],
];

export interface SandboxPlan {
  /** What is run, so that hiding does not take it away. */
  program: string;
  /** Working directory; writable. */
  workspace: string;
  writable: string[];
  hidden: string[];
  /** Files and directories of the workspace in whose place it finds `blankFile` and empty directories. */
  masked: string[];
  blankFile: string;
}

let probe: Promise<{ bwrap: string | null; by: string }> | undefined;

/** Whether bubblewrap is here and works, tried once per process. */
export async function findSandbox(): Promise<Sandbox> {
  const { bwrap, by } = await findBubblewrap();
  return { isSandboxed: bwrap !== null, mechanism: by };
}

/** The command inside bubblewrap where that works; the command itself where not. */
export async function sandboxCommand(argv: string[], plan: SandboxPlan): Promise<{ argv: string[] } & Sandbox> {
  const { bwrap, by } = await findBubblewrap();
  if (bwrap === null) return { argv, isSandboxed: false, mechanism: by };
  const places = secretPaths.map((place) => join(homedir(), place));
  const plain = { ...plan, hidden: [...places, ...plan.hidden] };
  return { argv: [bwrap, ...bubblewrapArguments(plain), '--', ...argv], isSandboxed: true, mechanism: by };
}

function findBubblewrap(): Promise<{ bwrap: string | null; by: string }> {
  probe ??= tryBubblewrap();
  return probe;
}

async function tryBubblewrap(): Promise<{ bwrap: string | null; by: string }> {
  const bwrap = findProgram('bwrap');
  if (bwrap === null) return { bwrap: null, by: 'none: bubblewrap (bwrap) is not installed' };
  try {
    await execute(bwrap, [...baseArguments, '--', '/bin/sh', '-c', 'exit 0'], { timeout: 10_000 });
    return { bwrap, by: 'bubblewrap' };
  } catch (error) {
    const reason = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? String(error);
    return { bwrap: null, by: `none: bubblewrap does not work here: ${reason}` };
  }
}

/**
 * Everything readable, nothing writable; processes of its own that end with it, and with the worker that started it.
 * The network stays: the model is there.
 */
const baseArguments = [
  ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
  ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--die-with-parent'],
];

/** Pure but for looking what exists: bubblewrap can't hide or bind what is not there. */
export function bubblewrapArguments(plan: SandboxPlan): string[] {
  const { program, workspace, writable, hidden, masked, blankFile } = plan;
  const needed = [realpathSync(program), program];
  return [
    ...baseArguments,
    ...hidden.filter(existsSync).flatMap((path) => maskPath(realpathSync(path), '/dev/null')),
    ...needed.filter((path) => isUnderAny(path, hidden)).flatMap((path) => bind('--ro-bind', dirname(path))),
    ...[workspace, ...writable].flatMap((path) => bind('--bind', path)),
    ...masked.flatMap((path) => maskPath(path, blankFile)),
    ...['--chdir', workspace],
  ];
}

const bind = (flag: string, path: string): string[] => [flag, path, path];

const isUnderAny = (path: string, directories: string[]): boolean =>
  directories.some((directory) => path.startsWith(`${directory}${sep}`));

/** `/dev/null` can't even be opened there, for the sandbox has devices of its own alone. */
const maskPath = (path: string, file: string): string[] =>
  lstatSync(path).isDirectory() ? ['--tmpfs', path] : ['--ro-bind', file, path];
