import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudRecord } from '../../../src/runners/cloud/cloud-record.js';
import type { LogOptions } from '../../../src/runners/runner.js';
import type { LangSmithClient, LogEntry, LogQuery } from './lang-smith-client.js';

/** Milliseconds between two checks of a log that is followed, the same as in LangGraph's own command. */
const interval = 2_000;

/** Yields the output of a deployment's server; with `follow`, new lines, too. Nothing when it has no server yet. */
export async function* readCloudLog(
  cloud: LangSmithClient,
  { name }: CloudRecord,
  { tail, follow = false, signal }: LogOptions = {},
): AsyncIterable<string> {
  const deployment = (await cloud.find(name))?.id;
  const revision = deployment && (await cloud.findLatestRevision(deployment))?.id;
  if (!deployment || !revision) return;
  const log: LogReference = { deployment, revision, type: 'deploy' };
  const reader = new EntryReader();
  if (tail === undefined) yield* readNewEntries(cloud, log, reader);
  else {
    const last = await readNewestEntries(cloud, log, Math.max(tail, 1)); // also for none: new lines come after the newest
    yield* takeLast(
      last.flatMap((entry) => reader.take(entry)),
      tail,
    );
  }
  try {
    while (follow && !signal?.aborted) {
      await sleep(interval, undefined, signal ? { signal } : {});
      yield* readNewEntries(cloud, log, reader);
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** Returns the last lines, for an error's evidence. */
export async function readLastLines(cloud: LangSmithClient, log: LogReference, count: number): Promise<string[]> {
  return takeLast((await readNewestEntries(cloud, log, count)).flatMap(splitLines), count);
}

type LogReference = Pick<LogQuery, 'deployment' | 'revision' | 'type'>;

/** Returns the newest entries in the order in which they were written. */
async function readNewestEntries(cloud: LangSmithClient, log: LogReference, count: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const entry of cloud.readLog({ ...log, order: 'desc' })) if (entries.push(entry) === count) break;
  return entries.reverse();
}

/** Yields entries that were written since the last check. The reply begins with entries of that check. */
async function* readNewEntries(cloud: LangSmithClient, log: LogReference, reader: EntryReader): AsyncIterable<string> {
  for await (const entry of cloud.readLog({ ...log, order: 'asc', since: reader.newest })) yield* reader.take(entry);
}

/** Yields the lines of each entry once. */
class EntryReader {
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
    return splitLines(entry);
  }
}

const splitLines = ({ message }: LogEntry): string[] => (message ? message.replace(/\n$/, '').split('\n') : []);

const takeLast = (lines: string[], count: number): string[] => lines.slice(Math.max(0, lines.length - count));
