import type { Agent } from 'node:http';
import type { Answer } from '../../../src/contract/answer.js';
import { readJson } from '../../../src/json/read-json.js';
import { writeInputs } from '../../../src/json/write-inputs.js';
import { answerInvalidInputs } from '../../../src/runners/answer-invalid-inputs.js';
import {
  createErrorAnswer,
  streamWithCancelSource,
  UnverifiedPeerError,
  withCancelSource,
} from '../../../src/runners/call-deadline.js';
import { checkAnswerText } from '../../../src/runners/check-answer.js';
import { forwardHostChunks, forwardHostChunkTexts } from '../../../src/runners/host/host-stream.js';
import { callHttp } from '../../../src/runners/http/http-call.js';
import { readLines, streamHttp } from '../../../src/runners/http/http-stream.js';

/** A call of our host program. */
export interface HostCall {
  /** Where the server is, without a path. */
  url: string;
  agent: Agent;
  /** Seconds. */
  timeout: number;
  signal: AbortSignal | undefined;
}

export interface HostValueCall extends HostCall {
  inputs: unknown;
}

/** Inputs as JSON text. */
interface HostTextCall extends HostCall {
  text: string;
}

/** Seconds that our host has to answer for a call past its deadline, before the client does so itself. */
const deadlineMargin = 0.5;

/** Calls of this process have names of their own. */
const callerId = `${process.pid}-${Math.random().toString(36).slice(2)}`;
let callCount = 0;

/** Calls our host program with values: see `writeInputs` and `readJson`. */
export async function callHost({ inputs, ...call }: HostValueCall, tokenHash: string): Promise<Answer> {
  let text: string;
  try {
    text = await writeInputs(inputs);
  } catch (error) {
    return answerInvalidInputs(error);
  }
  return readJson(await callHostText({ ...call, text }, tokenHash)) as Answer; // the host's own
}

/** The text of its reply is the answer, and the token in it says that it is our revision that answers. */
export async function callHostText(call: HostTextCall, tokenHash: string): Promise<string> {
  const { url, agent, signal, text: body } = call;
  const { headers, cancel } = identifyCall(call, tokenHash);
  signal?.addEventListener('abort', cancel, { once: true });
  const answer = await withCancelSource(buildDeadline(call), async (ending) => {
    const reply = await callHttp({ url: `${url}/run`, headers, body, agent, cancelSource: ending });
    if (!reply.isComplete) return callLost;
    if (reply.headers['berth-token'] !== tokenHash) throw new UnverifiedPeerError(`something else answers at ${url}`);
    return checkAnswerText(reply.body.toString('utf8'));
  }).finally(() => signal?.removeEventListener('abort', cancel));
  return typeof answer === 'string' ? answer : JSON.stringify(answer);
}

/** The same call bit by bit. */
export async function* streamHost(
  { inputs, ...call }: HostValueCall,
  tokenHash: string,
): AsyncGenerator<unknown, Answer> {
  let text: string;
  try {
    text = await writeInputs(inputs);
  } catch (error) {
    return answerInvalidInputs(error);
  }
  return yield* streamLines({ ...call, text }, tokenHash, forwardHostChunks);
}

export async function* streamHostText(call: HostTextCall, tokenHash: string): AsyncGenerator<string, string> {
  const answer = yield* streamLines(call, tokenHash, forwardHostChunkTexts);
  return typeof answer === 'string' ? answer : JSON.stringify(answer);
}

/** A line of JSON for each part. */
async function* streamLines<Chunk, Told>(
  call: HostTextCall,
  tokenHash: string,
  handOn: (lines: AsyncIterable<string>) => AsyncGenerator<Chunk, Told | undefined>,
): AsyncGenerator<Chunk, Told | Answer> {
  const { url, agent, text: body } = call;
  const { headers, cancel } = identifyCall(call, tokenHash);
  const asking = { url: `${url}/run`, headers: { ...headers, accept: 'application/x-ndjson' }, body, agent };
  let isAnswered = false;
  try {
    return yield* streamWithCancelSource(buildDeadline(call), async function* (ending): AsyncGenerator<
      Chunk,
      Told | Answer
    > {
      const reply = await streamHttp({ ...asking, cancelSource: ending });
      if (reply.headers['berth-token'] !== tokenHash) throw new UnverifiedPeerError(`something else answers at ${url}`);
      const answer = yield* handOn(readLines(reply.body));
      isAnswered = answer !== undefined;
      return answer ?? callLost;
    });
  } finally {
    if (!isAnswered) cancel();
  }
}

const buildDeadline = ({ timeout, signal }: HostCall) => ({
  timeout: timeout + deadlineMargin,
  ...(signal && { signal }),
});

/** By its name the host is told to end it. */
function identifyCall({ url, timeout }: HostCall, tokenHash: string) {
  callCount += 1;
  const headers = {
    'content-type': 'application/json',
    'berth-token': tokenHash,
    'berth-call': `${callerId}-${callCount}`,
    'berth-timeout': String(timeout),
  };
  const cancel = () => {
    const request = { url: `${url}/cancel`, method: 'POST', headers, signal: AbortSignal.timeout(2_000) };
    callHttp(request).catch(() => undefined); // the caller has its answer; the host's deadline holds in any case
  };
  return { headers, cancel };
}

const callLost = createErrorAnswer('CALL_LOST', 'the container ended during the call');
