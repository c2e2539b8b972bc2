import { mkdirSync, openSync, writeSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

// Callers count the calls of a revision and their outcomes. Each process writes its own file, so counting takes no
// lock, and a busy caller rarely writes. Readers add up the files.

export interface CallCounts {
  /** Calls in progress, made by processes that are alive. */
  running: number;
  ended: number;
  /** Ended calls with an error that the caller did not cause. */
  failed: number;
}

/** Size of a record: the numbers of begun, ended and failed calls as 64-bit floating-point numbers. */
const recordBytes = 24;
const getCountsDirectory = (stateDirectory: string): string => join(stateDirectory, 'calls');
const totalFile = 'total';

/** Milliseconds that the file may be out of date: long enough that a busy caller rarely writes. */
export const flushDelay = 20;

/** Errors that the caller causes. */
const callerErrorCodes = new Set(['CALL_CANCELLED', 'CALL_INPUT', 'INPUT_INVALID']);

/** Counts the calls of this process to one revision. Its file may be out of date, but never hides a running call. */
export class CallCounter {
  private static readonly opened = new Map<string, CallCounter>();
  private readonly counts = new Float64Array(3);
  private readonly bytes = new Uint8Array(this.counts.buffer);
  private isRecordedRunning = false;
  private timer: NodeJS.Timeout | undefined;

  private constructor(private file: number | undefined) {}

  /** Opens the counter of this process. If the file cannot be written, the calls are not counted. */
  static open(stateDirectory: string): CallCounter {
    const existing = CallCounter.opened.get(stateDirectory);
    if (existing !== undefined) return existing;
    const counter = new CallCounter(openFile(getCountsDirectory(stateDirectory)));
    CallCounter.opened.set(stateDirectory, counter);
    return counter;
  }

  /** Counts a call that begins. True if the file has shown a running call ever since the previous one began. */
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

  /** Removes a call that was not made from the counts. */
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

  /** Writes the file. On a full disk, the calls continue without being counted. */
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
    // It exists, or opening the file fails.
  }
  try {
    return openSync(join(directory, name), 'wx', 0o600);
  } catch {
    return undefined;
  }
}

/** Returns the counts of all calls to a revision. */
export async function readCallCounts(stateDirectory: string): Promise<CallCounts> {
  const { total, running, ended } = await readCounterFiles(getCountsDirectory(stateDirectory));
  return sumCounts([total, ...running.map(({ counts }) => counts), ...ended.map(({ counts }) => counts)]);
}

/** Merges the files of ended processes into one. Only one process may do so at a time. */
export async function mergeCallCounts(stateDirectory: string): Promise<void> {
  const directory = getCountsDirectory(stateDirectory);
  const { total, ended } = await readCounterFiles(directory);
  if (ended.length === 0) return;
  const partial = join(directory, `${totalFile}.partial`);
  await writeFile(partial, JSON.stringify(sumCounts([total, ...ended.map(({ counts }) => counts)])));
  await rename(partial, join(directory, totalFile));
  await Promise.all(ended.map(({ file }) => rm(file, { force: true })));
}

interface CounterFile {
  file: string;
  counts: CallCounts;
}

const zeroCounts: CallCounts = { running: 0, ended: 0, failed: 0 };

async function readCounterFiles(directory: string) {
  const running: CounterFile[] = [];
  const ended: CounterFile[] = [];
  const names: string[] = await readdir(directory).catch(() => []);
  const counters = names.filter((name) => /^\d+-/.test(name));
  for (const name of counters) {
    const file = join(directory, name);
    const isRunning = isAlive(Number.parseInt(name, 10));
    const counts = await readCounter(file, isRunning);
    (isRunning ? running : ended).push({ file, counts });
  }
  const total = names.includes(totalFile) ? await readTotal(join(directory, totalFile)) : zeroCounts;
  return { total, running, ended };
}

/** Reads a counter file. Calls that were in progress when their process ended are no longer running. */
async function readCounter(file: string, isRunning: boolean): Promise<CallCounts> {
  const bytes = await readFile(file).catch(() => Buffer.alloc(0));
  if (bytes.length < recordBytes) return zeroCounts;
  const [begun = 0, ended = 0, failed = 0] = [0, 8, 16].map((offset) => bytes.readDoubleLE(offset));
  return { running: isRunning ? begun - ended : 0, ended, failed };
}

const readTotal = async (file: string): Promise<CallCounts> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text === '' ? zeroCounts : (JSON.parse(text) as CallCounts);
};

const sumCounts = (counts: CallCounts[]): CallCounts =>
  counts.reduce(
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
