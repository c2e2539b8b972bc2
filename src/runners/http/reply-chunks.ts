import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from '../../contract/answer.js';
import { type ReadJson, readJson } from '../../json/read-json.js';
import { createErrorAnswer } from '../call-deadline.js';
import { readLines } from './http-stream.js';
import { readServerSentEvents } from './read-server-sent-events.js';

/** Yields chunks of a reply. Returns the server's error message if the reply ends with an error. */
export type ReplyChunks = AsyncGenerator<unknown, string | undefined>;

/** Returns a reader for server-sent events, or for lines of JSON; undefined for any other media type. */
export function chooseChunkReader(
  { 'content-type': type = '' }: IncomingHttpHeaders,
  read: ReadJson = readJson,
): ((body: AsyncIterable<Buffer>) => ReplyChunks) | undefined {
  if (/^text\/event-stream\b/i.test(type)) return (body) => readEventChunks(body, read);
  return /^application\/(x-)?(ndjson|jsonl)\b/i.test(type) ? (body) => readLineChunks(body, read) : undefined;
}

/** Yields chunks as they arrive, and returns them joined: one text if all are text, otherwise a list. */
export async function* forwardReplyChunks(pieces: ReplyChunks): AsyncGenerator<unknown, Answer> {
  const chunks: unknown[] = [];
  try {
    for (;;) {
      const { done, value } = await pieces.next();
      if (done)
        return value === undefined
          ? { status: 'success', output: joinChunks(chunks) }
          : createErrorAnswer('CALL_FAILED', value);
      chunks.push(value);
      yield value;
    }
  } finally {
    await pieces.return(undefined);
  }
}

const joinChunks = (pieces: unknown[]): unknown =>
  pieces.length > 0 && pieces.every((piece) => typeof piece === 'string') ? pieces.join('') : pieces;

/** Marks the end of a stream in OpenAI's API and similar ones. */
const endOfStreamMarker = '[DONE]';

/**
 * Yields the data of events; a named event is yielded with its name. Servers use the name `error` for a failure in the
 * middle of a stream. Data is text, and a word of that text may happen to be valid JSON: `1`, `"no"`, `{}`. So the
 * first event decides: if it is an object or a list, all events are parsed as JSON; otherwise, all stay text.
 */
async function* readEventChunks(body: AsyncIterable<Buffer>, read: ReadJson): ReplyChunks {
  let readData: ((data: string) => unknown) | undefined;
  for await (const { event = 'message', data } of readServerSentEvents(body)) {
    if (event === 'error') return `the stream ended with an error: ${data}`;
    if (event === 'message' && data === endOfStreamMarker) continue;
    readData ??= isStructured(data) ? (text) => parseJsonOrText(text, read) : String;
    yield event === 'message' ? readData(data) : { event, data: readData(data) };
  }
  return undefined;
}

const isStructured = (data: string): boolean => /^\s*[[{]/.test(data) && parseJsonOrText(data) !== data;

async function* readLineChunks(body: AsyncIterable<Buffer>, read: ReadJson): ReplyChunks {
  for await (const line of readLines(body)) if (line.trim() !== '') yield parseJsonOrText(line, read);
  return undefined;
}

/** Parses JSON, and returns any other text unchanged. */
export function parseJsonOrText(text: string, read: ReadJson = readJson): unknown {
  try {
    return read(text);
  } catch {
    return text;
  }
}
