import type { Agent } from 'node:http';
import type { Answer } from '../../src/contract/answer.js';
import { callFailure, streamWithEnding, withEnding } from '../../src/runners/call-deadline.js';
import { type HostPart, handOn } from '../../src/runners/host-stream.js';
import { callHttp, type HttpReply } from '../../src/runners/http-call.js';
import { readLines, streamHttp } from '../../src/runners/http-stream.js';

export interface ContainerCall {
  /** Where the server is, without a path. */
  url: string;
  agent: Agent;
  /** JSON. */
  inputs: string;
  /** Seconds. */
  timeout: number;
  signal: AbortSignal | undefined;
}

/** Seconds that our host has to answer for a call past its deadline, before the client does so itself. */
const lateness = 0.5;

/** Calls of this process have names of their own. */
const caller = `${process.pid}-${Math.random().toString(36).slice(2)}`;
let counter = 0;

/** Calls our host program: its reply is the answer, and the token in it says that it is our revision that answers. */
export function callHost(call: ContainerCall, tokenHash: string): Promise<Answer> {
  const { url, agent, inputs, signal } = call;
  const { headers, cancel } = nameCall(call, tokenHash);
  signal?.addEventListener('abort', cancel, { once: true });
  return withEnding(boundOf(call), async (ending) => {
    const reply = await callHttp({ url: `${url}/run`, headers, body: inputs, agent, ending });
    if (!reply.isComplete) return lost;
    if (reply.headers['berth-token'] !== tokenHash) return stranger(url);
    return JSON.parse(reply.body.toString('utf8')) as Answer; // the host's own
  }).finally(() => signal?.removeEventListener('abort', cancel));
}

/** The same call bit by bit: a line of JSON for each part. */
export async function* streamHost(call: ContainerCall, tokenHash: string): AsyncGenerator<unknown, Answer> {
  const { url, agent, inputs } = call;
  const { headers, cancel } = nameCall(call, tokenHash);
  const asking = { url: `${url}/run`, headers: { ...headers, accept: 'application/x-ndjson' }, body: inputs, agent };
  let isAnswered = false;
  try {
    return yield* streamWithEnding(boundOf(call), async function* (ending) {
      const reply = await streamHttp({ ...asking, ending });
      if (reply.headers['berth-token'] !== tokenHash) return stranger(url);
      const answer = yield* handOn(readParts(reply.body));
      isAnswered = answer !== undefined;
      return answer ?? lost;
    });
  } finally {
    if (!isAnswered) cancel();
  }
}

async function* readParts(body: AsyncIterable<Buffer>): AsyncGenerator<HostPart> {
  for await (const line of readLines(body)) yield JSON.parse(line) as HostPart; // the host's own
}

const boundOf = ({ timeout, signal }: ContainerCall) => ({ timeout: timeout + lateness, ...(signal && { signal }) });

/** By its name the host is told to end it. */
function nameCall({ url, timeout }: ContainerCall, tokenHash: string) {
  counter += 1;
  const headers = {
    'content-type': 'application/json',
    'berth-token': tokenHash,
    'berth-call': `${caller}-${counter}`,
    'berth-timeout': String(timeout),
  };
  const cancel = () => {
    const request = { url: `${url}/cancel`, method: 'POST', headers, signal: AbortSignal.timeout(2_000) };
    callHttp(request).catch(() => undefined); // the caller has its answer; the host's deadline holds in any case
  };
  return { headers, cancel };
}

/** Calls a server of the repository's own: what it replies with is the output, and what is not 2xx is an error. */
export function callServer({ url, agent, inputs, timeout, signal }: ContainerCall, path: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return withEnding({ timeout, ...(signal && { signal }) }, async (ending) => {
    const reply = await callHttp({ url: url + path, headers, body: inputs, agent, ending });
    return reply.isComplete ? readReply(reply, path) : lost;
  });
}

const lost = callFailure('CALL_LOST', 'the container ended during the call');

const stranger = (url: string): Answer =>
  callFailure('NOT_RUNNING', `the software is not up: something else answers at ${url}`);

function readReply({ status, body, headers }: HttpReply, path: string): Answer {
  const text = body.toString('utf8');
  const isJson = /\bjson\b/.test(headers['content-type'] ?? '');
  const value = isJson || text === '' ? parse(text) : text;
  if (status >= 200 && status < 300) return isAnswer(value) ? value : { status: 'success', output: value };
  const code = status === 400 || status === 415 || status === 422 ? 'CALL_INPUT' : 'CALL_FAILED';
  return callFailure(code, `POST ${path} was answered with ${status}: ${shorten(text)}`);
}

/** An answer that the software gives itself is passed on, not wrapped. */
function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false;
  const { status, output, error } = value as Record<string, unknown>;
  return (status === 'success' && output !== undefined) || (status === 'error' && typeof error === 'object');
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

const shorten = (text: string): string => (text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text);
