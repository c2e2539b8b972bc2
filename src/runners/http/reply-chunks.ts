import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from '../../contract/answer.js';
import { type ReadJson, readJson } from '../../json/read-json.js';
import { createErrorAnswer } from '../call-deadline.js';
import { readLines } from './http-stream.js';
import { readServerSentEvents } from './read-server-sent-events.js';

/** What is read piece by piece; returns the server's own words where it ends with a failure. */
export type ReplyChunks = AsyncGenerator<unknown, string | undefined>;

/** How a reply that comes bit by bit is read: server-sent events, or a JSON value a line. Undefined for all others. */
export function chooseChunkReader(
  { 'content-type': type = '' }: IncomingHttpHeaders,
  read: ReadJson = readJson,
): ((body: AsyncIterable<Buffer>) => ReplyChunks) | undefined {
  if (/^text\/event-stream\b/i.test(type)) return (body) => readEventChunks(body, read);
  return /^application\/(x-)?(ndjson|jsonl)\b/i.test(type) ? (body) => readLineChunks(body, read) : undefined;
}

/** Hands pieces on as they come, and returns what they are together: one text where all are text, else a list. */
export async function* forwardReplyChunks(pieces: ReplyChunks): AsyncGenerator<unknown, Answer> {
  const taken: unknown[] = [];
  try {
    for (;;) {
      const { done, value } = await pieces.next();
      if (done)
        return value === undefined
          ? { status: 'success', output: joinChunks(taken) }
          : createErrorAnswer('CALL_FAILED', value);
      taken.push(value);
      yield value;
    }
  } finally {
    await pieces.return(undefined);
  }
}

const joinChunks = (pieces: unknown[]): unknown =>
  pieces.length > 0 && pieces.every((piece) => typeof piece === 'string') ? pieces.join('') : pieces;

/** As OpenAI's API and those like it say that the stream is over. */
const endOfStreamMarker = '[DONE]';

/**
 * An event of a name is told with it; one that is called `error` is how servers say that they fail half-way. The data of
 * events is text, and what reads as JSON may be a word of it: `1`, `"no"`, `{}`. So the first one decides for all: where
 * it is an object or a list, the stream is one of JSON, else each stays the text that was sent.
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

/** What is no JSON is text. */
export function parseJsonOrText(text: string, read: ReadJson = readJson): unknown {
  try {
    return read(text);
  } catch {
    return text;
  }
}
