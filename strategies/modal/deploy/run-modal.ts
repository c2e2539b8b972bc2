import { appendFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { BerthError } from '../../../src/errors.js';
import { redact } from '../../../src/secrets/redact.js';
import type { ModalCommand } from './build-deploy-command.js';

export interface ModalRun {
  exitCode: number | null;
  stdout: string;
  /** Both streams, in order. */
  output: string;
}

export interface OutputOptions {
  /** File to append the output to; null for none. */
  logFile: string | null;
  /** Values to redact in the output. */
  secrets?: readonly string[];
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/**
 * Runs Modal's command line in its own process group, and appends its output to the log. A canceled run leaves no
 * process.
 *
 * @throws TOOL_MISSING when it cannot be run, the signal's reason when it is aborted.
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
