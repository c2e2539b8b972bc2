import { setTimeout as sleep } from 'node:timers/promises';
import type { LogOptions } from '../../../src/runners/runner.js';
import type { CloudRecord } from './cloud-record.js';
import type { LangSmith, LogEntry, LogQuestion } from './lang-smith.js';

/** Milliseconds between two looks at a log that is followed, as LangGraph's own command has it. */
const interval = 2_000;

/** What the server of a deployment has printed; with `follow`, what it prints from then on. Nothing where it has none yet. */
export async function* readCloudLog(
  cloud: LangSmith,
  { name }: CloudRecord,
  { tail, follow = false, signal }: LogOptions = {},
): AsyncIterable<string> {
  const deployment = (await cloud.find(name))?.id;
  const revision = deployment && (await cloud.findLatestRevision(deployment))?.id;
  if (!deployment || !revision) return;
  const log: Log = { deployment, revision, type: 'deploy' };
  const reader = new Reader();
  if (tail === undefined) yield* readOn(cloud, log, reader);
  else {
    const last = await readLast(cloud, log, Math.max(tail, 1)); // also of none: what is followed comes after the newest
    yield* lastOf(
      last.flatMap((entry) => reader.take(entry)),
      tail,
    );
  }
  try {
    while (follow && !signal?.aborted) {
      await sleep(interval, undefined, signal ? { signal } : {});
      yield* readOn(cloud, log, reader);
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** For an error's evidence. */
export async function readLastLines(cloud: LangSmith, log: Log, count: number): Promise<string[]> {
  return lastOf((await readLast(cloud, log, count)).flatMap(linesOf), count);
}

type Log = Pick<LogQuestion, 'deployment' | 'revision' | 'type'>;

/** In the order in which they were written. */
async function readLast(cloud: LangSmith, log: Log, count: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const entry of cloud.readLog({ ...log, order: 'desc' })) if (entries.push(entry) === count) break;
  return entries.reverse();
}

/** What was written since the last look, which ended with entries that this one begins with. */
async function* readOn(cloud: LangSmith, log: Log, reader: Reader): AsyncIterable<string> {
  for await (const entry of cloud.readLog({ ...log, order: 'asc', since: reader.newest })) yield* reader.take(entry);
}

/** Each entry counts once. */
class Reader {
  /** Time of the newest entry. */
  newest: string | undefined;
  private atNewest = new Set<string>();

  take(entry: LogEntry): string[] {
    const time = entry.timestamp ? new Date(entry.timestamp).toISOString() : this.newest;
    if (time !== this.newest) this.atNewest.clear();
    this.newest = time;
    const key = entry.id ?? entry.message ?? '';
    if (this.atNewest.has(key)) return [];
    this.atNewest.add(key);
    return linesOf(entry);
  }
}

const linesOf = ({ message }: LogEntry): string[] => (message ? message.replace(/\n$/, '').split('\n') : []);

const lastOf = (lines: string[], count: number): string[] => lines.slice(Math.max(0, lines.length - count));
