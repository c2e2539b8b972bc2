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

/** Call to Berth's host program. */
export interface HostCall {
  /** Address of the server, without a path. */
  url: string;
  agent: Agent;
  /** Seconds. */
  timeout: number;
  signal: AbortSignal | undefined;
}

export interface HostValueCall extends HostCall {
  inputs: unknown;
}

/** Call with its inputs as JSON text. */
interface HostTextCall extends HostCall {
  text: string;
}

/** Seconds that the host may take to answer a call past its deadline, before the client answers itself. */
const deadlineMargin = 0.5;

/** Prefix of the names of this process's calls. */
const callerId = `${process.pid}-${Math.random().toString(36).slice(2)}`;
let callCount = 0;

/** Calls the host program with values: see `writeInputs` and `readJson`. */
export async function callHost({ inputs, ...call }: HostValueCall, tokenHash: string): Promise<Answer> {
  let text: string;
  try {
    text = await writeInputs(inputs);
  } catch (error) {
    return answerInvalidInputs(error);
  }
  return readJson(await callHostText({ ...call, text }, tokenHash)) as Answer; // the host's own
}

/**
 * Calls the host program with text. The text of the reply is the answer, and its token shows that our revision
 * answered.
 */
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

/** Makes the same call, and yields its chunks. */
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

/** Reads the reply, which has a line of JSON for each part. */
async function* streamLines<Chunk, Result>(
  call: HostTextCall,
  tokenHash: string,
  forwardLines: (lines: AsyncIterable<string>) => AsyncGenerator<Chunk, Result | undefined>,
): AsyncGenerator<Chunk, Result | Answer> {
  const { url, agent, text: body } = call;
  const { headers, cancel } = identifyCall(call, tokenHash);
  const request = { url: `${url}/run`, headers: { ...headers, accept: 'application/x-ndjson' }, body, agent };
  let isAnswered = false;
  try {
    return yield* streamWithCancelSource(buildDeadline(call), async function* (ending): AsyncGenerator<
      Chunk,
      Result | Answer
    > {
      const reply = await streamHttp({ ...request, cancelSource: ending });
      if (reply.headers['berth-token'] !== tokenHash) throw new UnverifiedPeerError(`something else answers at ${url}`);
      const answer = yield* forwardLines(readLines(reply.body));
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

/** Names the call, so that the host can cancel it. */
function identifyCall({ url, timeout }: HostCall, tokenHash: string) {
  callCount += 1;
  const headers = {
    'content-type': 'application/json',
    'berth-token': tokenHash,
    'berth-call': `${callerId}-${callCount}`,
    'berth-timeout': String(timeout),
  };
  const cancel = () => {
    const cancellation = { url: `${url}/cancel`, method: 'POST', headers, signal: AbortSignal.timeout(2_000) };
    callHttp(cancellation).catch(() => undefined); // the host enforces the deadline anyway
  };
  return { headers, cancel };
}

const callLost = createErrorAnswer('CALL_LOST', 'the container ended during the call');
