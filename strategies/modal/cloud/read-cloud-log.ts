import type { Function_, LogEntry } from 'modal';
import type { LogOptions } from '../../../src/runners/runner.js';
import { explainModalError, queryModalForEach } from './modal-client.js';

/** Entries that Modal gives at once, and milliseconds that it looks back at most, less a day. */
const maxEntries = 20_000;
const maxLogAge = 34 * 86_400_000;
/** Milliseconds without an entry after which a stream is opened anew, so that an end is noticed. */
const idleTimeout = 5_000;

/**
 * What the function has printed since a moment; with `follow`, what it prints from then on, until the signal aborts. Throws
 * CLOUD_REFUSED or CLOUD_UNREACHABLE, and nothing of the past has been given then.
 */
export async function* readCloudLog(found: Function_, since: Date, options: LogOptions = {}): AsyncIterable<string> {
  const { tail, follow = false, signal } = options;
  let newest = 0;
  const lines = new LineBuffer();
  const past: string[] = [];
  const entries =
    tail === undefined ? found.logs.fetch({ since: clampStart(since) }) : found.logs.tail({ entries: clampTail(tail) });
  for await (const { message, timestamp } of queryModalForEach(entries)) {
    newest = Math.max(newest, timestamp.getTime());
    past.push(...lines.add(message));
  }
  yield* tail === undefined ? past : past.slice(past.length - Math.min(tail, past.length));
  if (follow) yield* followLog(found, newest, lines, signal);
  yield* lines.rest();
}

const clampStart = (since: Date): Date => new Date(Math.max(since.getTime(), Date.now() - maxLogAge));

const clampTail = (tail: number): number => Math.min(Math.max(tail, 1), maxEntries);

async function* followLog(
  found: Function_,
  seen: number,
  lines: LineBuffer,
  signal?: AbortSignal,
): AsyncIterable<string> {
  let newest = seen;
  while (!signal?.aborted) {
    const floor = newest; // a stream may begin with what was read before
    for await (const { message, timestamp } of stopWhenAborted(found.logs.stream({ timeoutMs: idleTimeout }), signal)) {
      if (timestamp.getTime() <= floor) continue;
      newest = Math.max(newest, timestamp.getTime());
      yield* lines.add(message);
    }
  }
}

/** A stream that waits for an entry cannot be ended: it is left behind, and ends by itself when it is idle. */
async function* stopWhenAborted(entries: AsyncIterable<LogEntry>, signal?: AbortSignal): AsyncIterable<LogEntry> {
  const aborted = new Promise<{ done: true; value: undefined }>((resolve) => {
    const end = () => resolve({ done: true, value: undefined });
    if (signal?.aborted) end();
    signal?.addEventListener('abort', end, { once: true });
  });
  const iterator = entries[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await Promise.race([iterator.next(), aborted]).catch(rethrowExplained);
    if (done || value === undefined) return;
    yield value;
  }
}

const rethrowExplained = (error: unknown): never => {
  throw explainModalError(error);
};

/** Whole lines from pieces of text. */
class LineBuffer {
  private open = '';

  add(text: string): string[] {
    const lines = (this.open + text).split('\n');
    this.open = lines.pop() ?? '';
    return lines;
  }

  rest(): string[] {
    return this.open === '' ? [] : [this.open];
  }
}
