import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdaptationResult } from '../../contract/adaptation.js';
import type { RunInterface } from '../../contract/run-interface.js';
import type { ErrorRecord } from '../../errors.js';
import { writeDurably } from '../../home/durable-file.js';

/** What is known of a round: kept beside the workspace, so that a worker that dies in it costs nothing twice. */
export interface RoundState {
  number: number;
  /** The session that works on it. */
  session: { agent: string; id: string } | null;
  /** Used up by all tries of this round. */
  spent: { dollars: number; tokens: number; turns: number };
  /** The final message of a run that ended well and touched nothing outside; what follows is free. */
  message: { agent: string; text: string; notes: string[] } | null;
  /** The interface that was handed back, also when the change was refused. */
  runInterface: RunInterface | null;
  /** How the round ended; one of the two at most. */
  result: AdaptationResult | null;
  error: ErrorRecord | null;
}

/** A round's state in `round-<n>.json`, written whole or not at all. */
export class RoundRecord {
  private readonly directory: string;
  private readonly current: RoundState;
  private written: Promise<void> = Promise.resolve();

  private constructor(directory: string, state: RoundState) {
    this.directory = directory;
    this.current = state;
  }

  static async open(directory: string, number: number): Promise<RoundRecord> {
    const spent = { dollars: 0, tokens: 0, turns: 0 };
    const begun = { number, session: null, spent, message: null, runInterface: null, result: null, error: null };
    return new RoundRecord(directory, { ...begun, ...(await readState(directory, number)) });
  }

  get state(): Readonly<RoundState> {
    return this.current;
  }

  /** Resolves when it is on disk; calls that overlap are written one after the other. */
  update(changes: Partial<RoundState>): Promise<void> {
    Object.assign(this.current, changes);
    this.written = this.written.catch(() => {}).then(() => this.write());
    return this.written;
  }

  private async write(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await writeDurably(recordPath(this.directory, this.current.number), JSON.stringify(this.current));
  }
}

/** The interface of the latest round that had one. */
export async function findLastInterface(directory: string): Promise<RunInterface | null> {
  const names = await readdir(directory).catch(() => []);
  const numbers = names.flatMap((name) => Number(/^round-(\d+)\.json$/.exec(name)?.[1] ?? 0) || []);
  for (const number of numbers.sort((left, right) => right - left)) {
    const state = await readState(directory, number);
    const found = state?.result?.runInterface ?? state?.runInterface;
    if (found) return found;
  }
  return null;
}

const recordPath = (directory: string, number: number): string => join(directory, `round-${number}.json`);

async function readState(directory: string, number: number): Promise<RoundState | undefined> {
  const text = await readFile(recordPath(directory, number), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
