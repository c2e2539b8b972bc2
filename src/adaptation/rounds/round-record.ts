import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdaptationResult } from '../../contract/adaptation.js';
import type { RunInterface } from '../../contract/run-interface.js';
import type { ErrorRecord } from '../../errors.js';
import { writeDurably } from '../../home/durable-file.js';

/** State of a round, stored next to the workspace so that no work is repeated if the worker is killed. */
export interface RoundState {
  number: number;
  /** The session that works on the round. */
  session: { agent: string; id: string } | null;
  /** Usage of all attempts of this round. */
  spent: { dollars: number; tokens: number; turns: number };
  /**
   * Final message of a run that finished and changed nothing outside the workspace. The steps after it cost nothing.
   */
  message: { agent: string; text: string; notes: string[] } | null;
  /** The interface that the agent reported, even if its change was rejected. */
  runInterface: RunInterface | null;
  /** Outcome of the round: at most one of these is set. */
  result: AdaptationResult | null;
  error: ErrorRecord | null;
}

/** The record of a round's state in `round-<n>.json`, written atomically. */
export class RoundRecord {
  private readonly directory: string;
  private readonly current: RoundState;
  private lastWrite: Promise<void> = Promise.resolve();

  private constructor(directory: string, state: RoundState) {
    this.directory = directory;
    this.current = state;
  }

  static async open(directory: string, number: number): Promise<RoundRecord> {
    const spent = { dollars: 0, tokens: 0, turns: 0 };
    const initial = { number, session: null, spent, message: null, runInterface: null, result: null, error: null };
    return new RoundRecord(directory, { ...initial, ...(await readState(directory, number)) });
  }

  get state(): Readonly<RoundState> {
    return this.current;
  }

  /** Updates the state. Resolves when it is on disk; overlapping updates are written one after the other. */
  update(changes: Partial<RoundState>): Promise<void> {
    Object.assign(this.current, changes);
    this.lastWrite = this.lastWrite.catch(() => {}).then(() => this.write());
    return this.lastWrite;
  }

  private async write(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await writeDurably(recordPath(this.directory, this.current.number), JSON.stringify(this.current));
  }
}

/** Returns the run interface of the latest round that has one. */
export async function findLastInterface(directory: string): Promise<RunInterface | null> {
  const names = await readdir(directory).catch(() => []);
  const numbers = names.flatMap((name) => Number(/^round-(\d+)\.json$/.exec(name)?.[1] ?? 0) || []);
  for (const number of numbers.sort((left, right) => right - left)) {
    const state = await readState(directory, number);
    const runInterface = state?.result?.runInterface ?? state?.runInterface;
    if (runInterface) return runInterface;
  }
  return null;
}

const recordPath = (directory: string, number: number): string => join(directory, `round-${number}.json`);

async function readState(directory: string, number: number): Promise<RoundState | undefined> {
  const text = await readFile(recordPath(directory, number), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
