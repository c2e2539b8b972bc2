import type { Function_, LogEntry } from 'modal';
import type { LogOptions } from '../../../src/runners/runner.js';
import { explainModalError, queryModalForEach } from './modal-client.js';

/** Maximum number of entries in a reply, and maximum age of entries in milliseconds, less a day. */
const maxEntries = 20_000;
const maxLogAge = 34 * 86_400_000;
/** Milliseconds without an entry after which a stream is opened again, to notice its end. */
const idleTimeout = 5_000;

/**
 * Yields the output of a function since a time; with `follow`, new output, too, until the signal aborts.
 *
 * @throws CLOUD_REFUSED, CLOUD_UNREACHABLE before it yields anything.
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
    const floor = newest; // a stream may begin with entries that were read before
    for await (const { message, timestamp } of stopWhenAborted(found.logs.stream({ timeoutMs: idleTimeout }), signal)) {
      if (timestamp.getTime() <= floor) continue;
      newest = Math.max(newest, timestamp.getTime());
      yield* lines.add(message);
    }
  }
}

/**
 * Stops reading when the signal aborts. A stream that waits for an entry cannot be closed: it is left open, and ends
 * when it is idle.
 */
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

/** Splits chunks of text into lines. */
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
