import { mkdirSync, openSync, writeSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

// How many calls a revision gets and how they end, counted by the callers themselves: each process writes a file of its
// own, so counting takes no lock and, for a busy caller, hardly a write; whoever wants to know adds the files up.

export interface CallCounts {
  /** Calls under way, of processes that live. */
  running: number;
  ended: number;
  /** Of those that ended: answered with an error that is not the caller's own doing. */
  failed: number;
}

/** Begun, ended and failed, as 64-bit floating-point numbers. */
const recordBytes = 24;
const getCountsDirectory = (stateDirectory: string): string => join(stateDirectory, 'calls');
const totalFile = 'total';

/** Milliseconds that the file may be behind: long enough that a busy caller hardly ever writes. */
export const flushDelay = 20;

/** Errors that say nothing about the software. */
const callerErrorCodes = new Set(['CALL_CANCELLED', 'CALL_INPUT', 'INPUT_INVALID']);

/**
 * One process's count of the calls that it makes of one revision. Its file may be behind, but never says that nothing is
 * running while something is.
 */
export class CallCounter {
  private static readonly opened = new Map<string, CallCounter>();
  private readonly counts = new Float64Array(3);
  private readonly bytes = new Uint8Array(this.counts.buffer);
  private isRecordedRunning = false;
  private timer: NodeJS.Timeout | undefined;

  private constructor(private file: number | undefined) {}

  /** The process's own counter; where it may not write it counts for nobody. */
  static open(stateDirectory: string): CallCounter {
    const known = CallCounter.opened.get(stateDirectory);
    if (known !== undefined) return known;
    const counter = new CallCounter(openFile(getCountsDirectory(stateDirectory)));
    CallCounter.opened.set(stateDirectory, counter);
    return counter;
  }

  /** True when the file has said all along, since the last time this was asked, that a call is running. */
  begin(): boolean {
    this.add(0, 1);
    if (this.isRecordedRunning) return true;
    this.flush();
    return false;
  }

  end(error: string | undefined): void {
    if (error !== undefined && !callerErrorCodes.has(error)) this.add(2, 1);
    this.add(1, 1);
    this.timer ??= setTimeout(() => this.flush(), flushDelay).unref();
  }

  /** It was not made after all. */
  revert(): void {
    this.add(0, -1);
    this.flush();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const [begun = 0, ended = 0] = this.counts;
    this.isRecordedRunning = begun > ended;
    this.write();
  }

  /** A full disk ends the counting, not the calls. */
  private write(): void {
    if (this.file === undefined) return;
    try {
      writeSync(this.file, this.bytes, 0, recordBytes, 0);
    } catch {
      this.file = undefined;
    }
  }

  private add(index: 0 | 1 | 2, amount: number): void {
    this.counts[index] = (this.counts[index] ?? 0) + amount;
  }
}

function openFile(directory: string): number | undefined {
  const name = `${process.pid}-${Math.random().toString(36).slice(2, 10)}`;
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch {
    // It is there, or may not be made; the next line tells.
  }
  try {
    return openSync(join(directory, name), 'wx', 0o600);
  } catch {
    return undefined;
  }
}

/** The calls of a revision so far. Zeros for one that was never called. */
export async function readCallCounts(stateDirectory: string): Promise<CallCounts> {
  const { total, living, dead } = await readCounterFiles(getCountsDirectory(stateDirectory));
  return sumCounts([total, ...living.map(({ counts }) => counts), ...dead.map(({ counts }) => counts)]);
}

/** Puts the files of processes that have ended into one. For one process at a time. */
export async function mergeCallCounts(stateDirectory: string): Promise<void> {
  const directory = getCountsDirectory(stateDirectory);
  const { total, dead } = await readCounterFiles(directory);
  if (dead.length === 0) return;
  const partial = join(directory, `${totalFile}.partial`);
  await writeFile(partial, JSON.stringify(sumCounts([total, ...dead.map(({ counts }) => counts)])));
  await rename(partial, join(directory, totalFile));
  await Promise.all(dead.map(({ file }) => rm(file, { force: true })));
}

interface CounterFile {
  file: string;
  counts: CallCounts;
}

const zeroCounts: CallCounts = { running: 0, ended: 0, failed: 0 };

async function readCounterFiles(directory: string) {
  const living: CounterFile[] = [];
  const dead: CounterFile[] = [];
  const names: string[] = await readdir(directory).catch(() => []);
  const counters = names.filter((name) => /^\d+-/.test(name));
  for (const name of counters) {
    const file = join(directory, name);
    const isLiving = isAlive(Number.parseInt(name, 10));
    const tally = await readCounter(file, isLiving);
    (isLiving ? living : dead).push({ file, counts: tally });
  }
  const total = names.includes(totalFile) ? await readTotal(join(directory, totalFile)) : zeroCounts;
  return { total, living, dead };
}

/** What a process had under way when it ended does not run any more. */
async function readCounter(file: string, isLiving: boolean): Promise<CallCounts> {
  const bytes = await readFile(file).catch(() => Buffer.alloc(0));
  if (bytes.length < recordBytes) return zeroCounts;
  const [begun = 0, ended = 0, failed = 0] = [0, 8, 16].map((offset) => bytes.readDoubleLE(offset));
  return { running: isLiving ? begun - ended : 0, ended, failed };
}

const readTotal = async (file: string): Promise<CallCounts> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text === '' ? zeroCounts : (JSON.parse(text) as CallCounts);
};

const sumCounts = (tallies: CallCounts[]): CallCounts =>
  tallies.reduce(
    (sum, { running, ended, failed }) => ({
      running: sum.running + running,
      ended: sum.ended + ended,
      failed: sum.failed + failed,
    }),
    zeroCounts,
  );

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
