import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { findMarked, killMarked } from './marked-processes.js';

export interface ContainedCommand {
  argv: string[];
  cwd: string;
  /** Complete: nothing is inherited. Must contain the mark. */
  env: Record<string, string>;
  mark: string;
  /** Written to standard input, which is then closed. */
  input: string;
  wallSeconds: number;
  idleSeconds: number;
  signal?: AbortSignal | undefined;
  /** Returns false when the line is not activity. */
  onLine: (line: string, stream: 'stdout' | 'stderr') => boolean;
}

export interface ContainedExit {
  /** Null when a signal ended the process, or it could not be started. */
  exitCode: number | null;
  /** Null when the process ended by itself. */
  stoppedBy: StopCause | null;
  /** Reason why the process could not be started; null when it was. */
  problem: string | null;
}

export type StopCause = 'time' | 'idle' | 'aborted' | 'turns' | 'budget' | 'unauthorized';

export interface ContainedProcess {
  ended: Promise<ContainedExit>;
  /** Ends the process, gently at first. The first cause counts. */
  stop(cause: StopCause): void;
}

/** Seconds between SIGINT, SIGTERM and SIGKILL. */
const gracePeriod = 2;

/**
 * Starts a command in its own process group, and stops it at its limits. Finds processes that moved to other sessions
 * by the mark and ends them too: `ended` resolves when none is left.
 */
export function startContainedProcess(command: ContainedCommand): ContainedProcess {
  const [program = '', ...args] = command.argv;
  const { cwd, env, input } = command;
  const options = { cwd, env, input, extendEnv: false, detached: true, buffer: false, reject: false } as const;
  const child = execa(program, args, options);
  let stoppedBy: StopCause | null = null;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = (cause: StopCause): void => {
    if (stoppedBy !== null) return;
    stoppedBy = cause;
    void terminateGroup(child.pid, command.mark, exited);
  };
  const limits = watchLimits(command, stop);
  const readers = [child.stdout, child.stderr].map((stream, index) =>
    readLines(stream, (line) => {
      if (command.onLine(line, index === 0 ? 'stdout' : 'stderr')) limits.touch();
    }),
  );
  const finish = async (): Promise<ContainedExit> => {
    await exited;
    limits.end();
    await killMarked(command.mark);
    // A foreign process that received the pipe may hold it open forever.
    await Promise.race([Promise.all(readers), sleep(2000, undefined, { ref: false })]);
    child.stdout.destroy();
    child.stderr.destroy();
    const result = await child;
    return {
      exitCode: result.exitCode ?? null,
      stoppedBy,
      problem: child.pid === undefined ? (result.originalMessage ?? '') : null,
    };
  };
  return { ended: finish(), stop };
}

async function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) onLine(line);
}

function watchLimits({ wallSeconds, idleSeconds, signal }: ContainedCommand, stop: (cause: StopCause) => void) {
  const wall = setTimeout(() => stop('time'), wallSeconds * 1000);
  const idle = setTimeout(() => stop('idle'), idleSeconds * 1000);
  const abort = (): void => stop('aborted');
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  return {
    touch: () => idle.refresh(),
    end: () => {
      clearTimeout(wall);
      clearTimeout(idle);
      signal?.removeEventListener('abort', abort);
    },
  };
}

/** Sends SIGINT first, so that the agent writes its session and its cost, then SIGTERM and SIGKILL. */
async function terminateGroup(pid: number | undefined, mark: string, exited: Promise<void>): Promise<void> {
  if (pid === undefined) return;
  const hasExited = exited.then(() => true);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    signalGroup(pid, mark, name);
    if (await Promise.race([hasExited, sleep(gracePeriod * 1000, false, { ref: false })])) return;
  }
}

/** Sends gentle signals to the processes inside a sandbox, because the sandbox itself would end and kill them. */
function signalGroup(pid: number, mark: string, name: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): void {
  const inside = name === 'SIGKILL' ? [] : listSandboxedMembers(pid, mark);
  for (const target of inside.length > 0 ? inside : [-pid]) {
    try {
      process.kill(target, name);
    } catch {
      // The process has ended in the meantime.
    }
  }
}

function listSandboxedMembers(group: number, mark: string): number[] {
  if (!existsSync('/proc/self/stat')) return [];
  const members = findMarked(mark).map((pid) => ({ pid, stat: readProcessStat(pid) }));
  const inGroup = members.filter(({ stat }) => stat.group === group);
  return inGroup.some(({ stat }) => stat.command === 'bwrap')
    ? inGroup.filter(({ stat }) => stat.command !== 'bwrap').map(({ pid }) => pid)
    : [];
}

function readProcessStat(pid: number): { command: string; group: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    return { command: stat.slice(stat.indexOf('(') + 1, end), group: Number(stat.slice(end + 2).split(' ')[2]) };
  } catch {
    return { command: '', group: 0 };
  }
}
