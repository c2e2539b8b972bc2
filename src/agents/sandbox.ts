import { execFile } from 'node:child_process';
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import type { Sandbox } from './agent.js';
import { findProgram } from './find-program.js';

const execute = promisify(execFile);

/** Paths in a home that hold credentials. A sandbox hides them. */
const secretPaths = [
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
  '.config/gcloud',
  '.config/gh',
  '.claude',
  '.claude.json',
  '.codex',
  '.gemini',
  '.config/opencode',
  '.aider.conf.yml',
  '.local/share/opencode',
  '.modal.toml',
  '.cache/huggingface/token',
  '.bash_history',
  '.zsh_history',
];

export interface SandboxPlan {
  /** Stays visible even in a hidden directory. */
  program: string;
  /** Working directory; writable. */
  workspace: string;
  writable: string[];
  hidden: string[];
  /** Files and directories of the workspace to replace by `blankFile` and by empty directories. */
  masked: string[];
  blankFile: string;
}

let probe: Promise<{ bwrap: string | null; mechanism: string }> | undefined;

/** Checks whether bubblewrap works on this machine. Tries it once per process. */
export async function findSandbox(): Promise<Sandbox> {
  const { bwrap, mechanism } = await findBubblewrap();
  return { isSandboxed: bwrap !== null, mechanism };
}

/** Wraps a command in bubblewrap if that works; otherwise returns it unchanged. */
export async function sandboxCommand(argv: string[], plan: SandboxPlan): Promise<{ argv: string[] } & Sandbox> {
  const { bwrap, mechanism } = await findBubblewrap();
  if (bwrap === null) return { argv, isSandboxed: false, mechanism };
  const secrets = secretPaths.map((path) => join(homedir(), path));
  const completePlan = { ...plan, hidden: [...secrets, ...plan.hidden] };
  return { argv: [bwrap, ...bubblewrapArguments(completePlan), '--', ...argv], isSandboxed: true, mechanism };
}

function findBubblewrap(): Promise<{ bwrap: string | null; mechanism: string }> {
  probe ??= tryBubblewrap();
  return probe;
}

async function tryBubblewrap(): Promise<{ bwrap: string | null; mechanism: string }> {
  const bwrap = findProgram('bwrap');
  if (bwrap === null) return { bwrap: null, mechanism: 'none: bubblewrap (bwrap) is not installed' };
  try {
    await execute(bwrap, [...baseArguments, '--', '/bin/sh', '-c', 'exit 0'], { timeout: 10_000 });
    return { bwrap, mechanism: 'bubblewrap' };
  } catch (error) {
    const reason = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? String(error);
    return { bwrap: null, mechanism: `none: bubblewrap does not work here: ${reason}` };
  }
}

/**
 * Makes everything readable and nothing writable. Processes end with the sandbox, and the sandbox with its worker. The
 * network stays available for the model.
 */
const baseArguments = [
  '--ro-bind',
  '/',
  '/',
  '--dev',
  '/dev',
  '--proc',
  '/proc',
  '--unshare-pid',
  '--unshare-ipc',
  '--unshare-uts',
  '--die-with-parent',
];

/** Builds bubblewrap's arguments. Checks which paths exist, because bubblewrap cannot hide or bind a missing path. */
export function bubblewrapArguments(plan: SandboxPlan): string[] {
  const { program, workspace, writable, hidden, masked, blankFile } = plan;
  const programPaths = [realpathSync(program), program];
  return [
    ...baseArguments,
    ...hidden.filter(existsSync).flatMap((path) => maskPath(realpathSync(path), '/dev/null')),
    ...programPaths.filter((path) => isUnderAny(path, hidden)).flatMap((path) => bind('--ro-bind', dirname(path))),
    ...[workspace, ...writable].flatMap((path) => bind('--bind', path)),
    ...masked.flatMap((path) => maskPath(path, blankFile)),
    '--chdir',
    workspace,
  ];
}

const bind = (flag: string, path: string): string[] => [flag, path, path];

const isUnderAny = (path: string, directories: string[]): boolean =>
  directories.some((directory) => path.startsWith(`${directory}${sep}`));

/** Hides a directory behind an empty one, and a file behind another one. A `/dev/null` bound there cannot be opened. */
const maskPath = (path: string, file: string): string[] =>
  lstatSync(path).isDirectory() ? ['--tmpfs', path] : ['--ro-bind', file, path];
