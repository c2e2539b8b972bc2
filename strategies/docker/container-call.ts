import type { Agent } from 'node:http';
import type { Answer } from '../../src/contract/answer.js';
import { callFailure, Stranger, streamWithEnding, withEnding } from '../../src/runners/call-deadline.js';
import { type HostPart, handOn } from '../../src/runners/host-stream.js';
import { callHttp } from '../../src/runners/http-call.js';
import { readLines, streamHttp } from '../../src/runners/http-stream.js';

export interface ContainerCall {
  /** Where the server is, without a path. */
  url: string;
  agent: Agent;
  inputs: unknown;
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
  const { url, agent, signal } = call;
  const body = encode(call);
  const { headers, cancel } = nameCall(call, tokenHash);
  signal?.addEventListener('abort', cancel, { once: true });
  return withEnding(boundOf(call), async (ending) => {
    const reply = await callHttp({ url: `${url}/run`, headers, body, agent, ending });
    if (!reply.isComplete) return lost;
    if (reply.headers['berth-token'] !== tokenHash) throw new Stranger(`something else answers at ${url}`);
    return JSON.parse(reply.body.toString('utf8')) as Answer; // the host's own
  }).finally(() => signal?.removeEventListener('abort', cancel));
}

/** The same call bit by bit: a line of JSON for each part. */
export async function* streamHost(call: ContainerCall, tokenHash: string): AsyncGenerator<unknown, Answer> {
  const { url, agent } = call;
  const { headers, cancel } = nameCall(call, tokenHash);
  const asking = {
    url: `${url}/run`,
    headers: { ...headers, accept: 'application/x-ndjson' },
    body: encode(call),
    agent,
  };
  let isAnswered = false;
  try {
    return yield* streamWithEnding(boundOf(call), async function* (ending) {
      const reply = await streamHttp({ ...asking, ending });
      if (reply.headers['berth-token'] !== tokenHash) throw new Stranger(`something else answers at ${url}`);
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

const encode = ({ inputs }: ContainerCall): string => JSON.stringify(inputs) ?? 'null';

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

const lost = callFailure('CALL_LOST', 'the container ended during the call');
