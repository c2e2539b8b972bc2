import type { Agent } from 'node:http';
import type { Answer } from '../../src/contract/answer.js';
import { readJson } from '../../src/json/read-json.js';
import { writeInputs } from '../../src/json/write-inputs.js';
import { callFailure, Stranger, streamWithEnding, withEnding } from '../../src/runners/call-deadline.js';
import { checkAnswerText } from '../../src/runners/check-answer.js';
import { handOn, handOnText } from '../../src/runners/host-stream.js';
import { callHttp } from '../../src/runners/http-call.js';
import { readLines, streamHttp } from '../../src/runners/http-stream.js';
import { answerUnfit } from '../../src/runners/unfit-answer.js';

/** A call of our host program. */
export interface HostCall {
  /** Where the server is, without a path. */
  url: string;
  agent: Agent;
  /** Seconds. */
  timeout: number;
  signal: AbortSignal | undefined;
}

export interface ContainerCall extends HostCall {
  inputs: unknown;
}

/** Inputs as JSON text. */
interface TextCall extends HostCall {
  text: string;
}

/** Seconds that our host has to answer for a call past its deadline, before the client does so itself. */
const lateness = 0.5;

/** Calls of this process have names of their own. */
const caller = `${process.pid}-${Math.random().toString(36).slice(2)}`;
let counter = 0;

/** Calls our host program with values: see `writeInputs` and `readJson`. */
export async function callHost({ inputs, ...call }: ContainerCall, tokenHash: string): Promise<Answer> {
  let text: string;
  try {
    text = await writeInputs(inputs);
  } catch (error) {
    return answerUnfit(error);
  }
  return readJson(await callHostText({ ...call, text }, tokenHash)) as Answer; // the host's own
}

/** The text of its reply is the answer, and the token in it says that it is our revision that answers. */
export async function callHostText(call: TextCall, tokenHash: string): Promise<string> {
  const { url, agent, signal, text: body } = call;
  const { headers, cancel } = nameCall(call, tokenHash);
  signal?.addEventListener('abort', cancel, { once: true });
  const answer = await withEnding(boundOf(call), async (ending) => {
    const reply = await callHttp({ url: `${url}/run`, headers, body, agent, ending });
    if (!reply.isComplete) return lost;
    if (reply.headers['berth-token'] !== tokenHash) throw new Stranger(`something else answers at ${url}`);
    return checkAnswerText(reply.body.toString('utf8'));
  }).finally(() => signal?.removeEventListener('abort', cancel));
  return typeof answer === 'string' ? answer : JSON.stringify(answer);
}

/** The same call bit by bit. */
export async function* streamHost(
  { inputs, ...call }: ContainerCall,
  tokenHash: string,
): AsyncGenerator<unknown, Answer> {
  let text: string;
  try {
    text = await writeInputs(inputs);
  } catch (error) {
    return answerUnfit(error);
  }
  return yield* streamParts({ ...call, text }, tokenHash, handOn);
}

export async function* streamHostText(call: TextCall, tokenHash: string): AsyncGenerator<string, string> {
  const answer = yield* streamParts(call, tokenHash, handOnText);
  return typeof answer === 'string' ? answer : JSON.stringify(answer);
}

/** A line of JSON for each part. */
async function* streamParts<Chunk, Told>(
  call: TextCall,
  tokenHash: string,
  handOn: (lines: AsyncIterable<string>) => AsyncGenerator<Chunk, Told | undefined>,
): AsyncGenerator<Chunk, Told | Answer> {
  const { url, agent, text: body } = call;
  const { headers, cancel } = nameCall(call, tokenHash);
  const asking = { url: `${url}/run`, headers: { ...headers, accept: 'application/x-ndjson' }, body, agent };
  let isAnswered = false;
  try {
    return yield* streamWithEnding(boundOf(call), async function* (ending): AsyncGenerator<Chunk, Told | Answer> {
      const reply = await streamHttp({ ...asking, ending });
      if (reply.headers['berth-token'] !== tokenHash) throw new Stranger(`something else answers at ${url}`);
      const answer = yield* handOn(readLines(reply.body));
      isAnswered = answer !== undefined;
      return answer ?? lost;
    });
  } finally {
    if (!isAnswered) cancel();
  }
}

const boundOf = ({ timeout, signal }: HostCall) => ({ timeout: timeout + lateness, ...(signal && { signal }) });

/** By its name the host is told to end it. */
function nameCall({ url, timeout }: HostCall, tokenHash: string) {
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
