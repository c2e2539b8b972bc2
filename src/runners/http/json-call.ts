import type { Agent } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Answer } from '../../contract/answer.js';
import { type ReadJson, readJson } from '../../json/read-json.js';
import { writeInputs } from '../../json/write-inputs.js';
import { answerInvalidInputs } from '../answer-invalid-inputs.js';
import { createErrorAnswer, streamWithCancelSource, withCancelSource } from '../call-deadline.js';
import type { CallOptions } from '../runner.js';
import { callHttp, type HttpCall, type HttpReply } from './http-call.js';
import { streamHttp } from './http-stream.js';
import { chooseChunkReader, forwardReplyChunks, parseJsonOrText } from './reply-chunks.js';

export interface JsonCall extends CallOptions {
  url: string;
  inputs: unknown;
  /** Seconds. */
  timeout: number;
  agent?: Agent;
  /** Reads the JSON of the reply. By default, an integer beyond 2^53 becomes a bigint. */
  readJson?: ReadJson;
}

/** Characters to show of a server's error reply. */
const maxShownCharacters = 2_000;

/** Media types that a streaming call accepts; a server that cannot stream replies with JSON. */
const streamTypes = 'text/event-stream, application/x-ndjson, application/json';

/**
 * Sends the inputs to a server by POST, as JSON. The reply is the output; any status other than 2xx is an error. Never
 * throws for errors of the server.
 */
export async function callJson(call: JsonCall): Promise<Answer> {
  const body = await encode(call);
  if (typeof body !== 'string') return body;
  return await withCancelSource(getCallLimits(call), async (ending) => {
    const reply = await callHttp({ ...buildRequest(call, 'application/json'), body, cancelSource: ending });
    return reply.isComplete
      ? await readReply(reply, { ...call, method: 'POST' })
      : createErrorAnswer('CALL_LOST', 'the server ended during the call');
  });
}

/** Makes the same call, and yields chunks when the server replies with events or lines of JSON. */
export async function* streamJson(call: JsonCall): AsyncGenerator<unknown, Answer> {
  const encoded = await encode(call);
  if (typeof encoded !== 'string') return encoded;
  return yield* streamWithCancelSource(getCallLimits(call), async function* (ending) {
    const { status, headers, body } = await streamHttp({
      ...buildRequest(call, streamTypes),
      body: encoded,
      cancelSource: ending,
    });
    const read = isSuccess(status) ? chooseChunkReader(headers, call.readJson) : undefined;
    if (read !== undefined) return yield* forwardReplyChunks(read(body));
    const reply = { status, headers, body: await buffer(body), isComplete: true };
    return await readReply(reply, { ...call, method: 'POST' });
  });
}

/** Returns the request's body, or the error answer when the inputs have none. */
async function encode({ inputs }: JsonCall): Promise<string | Answer> {
  try {
    return await writeInputs(inputs);
  } catch (error) {
    return answerInvalidInputs(error);
  }
}

const getCallLimits = ({ timeout, signal }: JsonCall) => ({ timeout, ...(signal && { signal }) });

const buildRequest = ({ url, agent }: JsonCall, accept: string): HttpCall => ({
  url,
  headers: { 'content-type': 'application/json', accept },
  ...(agent && { agent }),
});

/**
 * Converts a server's reply to an answer: JSON becomes its value, chunks are joined as in `forwardReplyChunks`,
 * anything else becomes text. An error answer keeps the server's message.
 */
export async function readReply(
  { status, body, headers }: HttpReply,
  request: { method: string; url: string; readJson?: ReadJson },
): Promise<Answer> {
  const text = body.toString('utf8');
  if (!isSuccess(status)) {
    const code = [400, 415, 422].includes(status) ? 'CALL_INPUT' : 'CALL_FAILED';
    const endpoint = `${request.method} ${new URL(request.url).pathname}`;
    return createErrorAnswer(code, `${endpoint} was answered with ${status}: ${text.slice(0, maxShownCharacters)}`);
  }
  const read = chooseChunkReader(headers, request.readJson);
  if (read !== undefined) return await collectAnswer(forwardReplyChunks(read(Readable.from([body]))));
  const value = readValue(text, headers['content-type'], request.readJson);
  return isAnswer(value) ? value : { status: 'success', output: value };
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Reads an empty body as null, unless its media type is text. */
function readValue(text: string, type: string | undefined, read: ReadJson = readJson): unknown {
  const isJson = type === undefined ? text === '' : /\bjson\b/.test(type);
  if (!isJson) return text;
  return text === '' ? null : parseJsonOrText(text, read);
}

async function collectAnswer(parts: AsyncGenerator<unknown, Answer>): Promise<Answer> {
  for (;;) {
    const { done, value } = await parts.next();
    if (done) return value;
  }
}

/** Recognizes an answer that the software builds itself, which is passed on unwrapped. */
function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false;
  const { status, output, error } = value as Record<string, unknown>; // another system's value: check key by key
  return (status === 'success' && output !== undefined) || (status === 'error' && typeof error === 'object');
}
