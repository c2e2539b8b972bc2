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
  /** Command line without credentials. */
  command: string;
  /** Null when the command could not be started or timed out. */
  exitCode: number | null;
  stdout: string;
  /** Both streams, without credentials. */
  output: string;
}

/**
 * Runs a command in its own process group, so that a canceled or overdue installer ends together with its builds and
 * compilers. A failed command is a result, not an exception. Throws the signal's reason when it aborts.
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
  // A derived signal, because many concurrent commands would add one listener each to the caller's signal.
  const ownSignal = signal && AbortSignal.any([signal]);
  ownSignal?.addEventListener('abort', killGroup);
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
    ownSignal?.removeEventListener('abort', killGroup);
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
