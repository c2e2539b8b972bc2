import { redact } from './child-environment.js';

export interface Command {
  argv: [string, ...string[]];
  cwd: string;
  env: Record<string, string>;
  /** Seconds; no limit when absent. */
  timeout?: number;
  signal?: AbortSignal | undefined;
}

export interface CommandResult {
  /** As a person would type it, without credentials. */
  command: string;
  /** Null when the command could not be started, or was ended by the timeout. */
  exitCode: number | null;
  stdout: string;
  /** Both streams, without credentials. */
  output: string;
}

/**
 * Runs a command in a process group of its own, so that a cancelled or overdue installer takes its builds and compilers
 * with it. Never throws for what the command does; throws the signal's reason when it was cancelled.
 */
export async function runCommand({ argv, cwd, env, timeout, signal }: Command): Promise<CommandResult> {
  signal?.throwIfAborted();
  const { execa } = await import('execa');
  const [program, ...args] = argv;
  const child = execa(program, args, {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    cleanup: true,
    all: true,
    stdin: 'ignore',
    reject: false,
    maxBuffer: 4_000_000,
  });
  const killGroup = () => killProcessGroup(child.pid);
  const timer = timeout === undefined ? undefined : setTimeout(killGroup, timeout * 1000);
  // A signal of its own: of many commands at once each would put a listener on the one that is given.
  const own = signal && AbortSignal.any([signal]);
  own?.addEventListener('abort', killGroup);
  try {
    const result = await child;
    signal?.throwIfAborted();
    const output = result.all === '' && result.exitCode === undefined ? (result.shortMessage ?? '') : result.all;
    return {
      command: redact(argv.join(' ')),
      exitCode: result.exitCode ?? null,
      stdout: result.stdout,
      output: redact(output),
    };
  } finally {
    clearTimeout(timer);
    own?.removeEventListener('abort', killGroup);
  }
}

function killProcessGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
