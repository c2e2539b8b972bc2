import { appendFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { BerthError } from '../../../src/errors.js';
import { redact } from '../../../src/secrets/redact.js';
import type { ModalCommand } from './build-deploy-command.js';

export interface ModalRun {
  exitCode: number | null;
  stdout: string;
  /** Both streams, as they came. */
  output: string;
}

export interface OutputOptions {
  /** Keeps what it says; null keeps nothing. */
  logFile: string | null;
  /** Values that nothing of it may hold. */
  secrets?: readonly string[];
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/**
 * Runs Modal's command line in a process group of its own, and keeps what it says in the log. Throws TOOL_MISSING where it
 * cannot be started, and the signal's reason when it was cancelled: then nothing of it runs on.
 */
export async function runModal(
  { argv, cwd, env, input }: ModalCommand,
  outputOptions: OutputOptions,
): Promise<ModalRun> {
  const { logFile, secrets = [], signal, onProgress } = outputOptions;
  signal?.throwIfAborted();
  const { execa } = await import('execa');
  const [program, ...args] = argv;
  const options = {
    cwd,
    env,
    input,
    extendEnv: false,
    detached: true,
    cleanup: true,
    all: true,
    reject: false,
  } as const;
  const child = execa(program, args, { ...options, maxBuffer: 4_000_000 });
  const kill = () => killGroup(child.pid);
  signal?.addEventListener('abort', kill);
  try {
    for await (const written of child.iterable({ from: 'all' })) {
      const line = redact(cleanLine(written), secrets);
      if (line === '') continue;
      if (logFile !== null) await appendFile(logFile, `${line}\n`, { mode: 0o600 });
      onProgress?.(line);
    }
  } catch {
    // The result says how it ended.
  } finally {
    signal?.removeEventListener('abort', kill);
  }
  const { exitCode, stdout, all, failed, shortMessage } = await child;
  signal?.throwIfAborted();
  if (failed && exitCode === undefined && all === '')
    throw new BerthError('TOOL_MISSING', `Modal’s command line cannot be run: ${shortMessage}`);
  return { exitCode: exitCode ?? null, stdout, output: redact(stripVTControlCharacters(all), secrets) };
}

const cleanLine = (line: string): string => stripVTControlCharacters(line).trimEnd();

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
