import type { Answer } from '../../../src/contract/answer.js';
import { type ReadJson, readJson } from '../../../src/json/read-json.js';
import { writeJson } from '../../../src/json/write-json.js';
import { createErrorAnswer } from '../../../src/runners/call-deadline.js';
import { formatException } from '../../../src/runners/format-exception.js';
import type { HttpReply } from '../../../src/runners/http/http-call.js';
import { getRunId, type Run } from './graph-run.js';
import type { GraphCall } from './parse-graph-call.js';

/** Turns the server's reply for a run into an answer. */
export async function readReply(run: Run, { status, body, isComplete }: HttpReply): Promise<Answer> {
  if (!isComplete || body.length === 0) return createErrorAnswer('CALL_LOST', 'the server ended during the call');
  const parsed = parseBody(body, run.server.read);
  if (status !== 200) return explainErrorReply(run.call, status, parsed);
  if (isRecord(parsed) && isRecord(parsed.__error__)) return await describeFailure(run, parsed.__error__);
  return describeState(run, parsed);
}

function explainErrorReply(call: GraphCall, status: number, parsed: unknown): Answer {
  const detail = isRecord(parsed) && typeof parsed.detail === 'string' ? parsed.detail : writeJson(parsed);
  if (status === 404 && 'resume' in call)
    return createErrorAnswer('CALL_INPUT', `there is no thread “${call.thread}” to resume`);
  if (status === 401 || status === 403)
    return createErrorAnswer(
      'CLOUD_REFUSED',
      `the server does not accept the key of this process (${status}: ${detail})`,
    );
  if (status === 503) return createErrorAnswer('NOT_RUNNING', `nothing serves the graph (503: ${detail})`);
  if (status === 502 || status === 504)
    return createErrorAnswer('CALL_LOST', `the gateway received no answer from the server (${status}: ${detail})`);
  if (status === 422) return createErrorAnswer('CALL_INPUT', `the server refused the inputs: ${detail}`);
  return createErrorAnswer('CALL_FAILED', `the server answered with status ${status}: ${detail}`);
}

/** Describes an exception in the graph: its type and message, and the traceback that the server logged. */
export async function describeFailure(run: Run, error: Record<string, unknown>): Promise<Answer> {
  const type = String(error.error);
  const { findTraceback } = await import('./find-traceback.js');
  const logged = await findTraceback(run.server.plan, { run: getRunId(run) ?? '', type }).catch(() => undefined);
  const parsed = error.message === 'An internal error occurred' ? (logged?.message ?? error.message) : error.message;
  const code = type === 'EmptyInputError' ? 'CALL_INPUT' : 'CALL_FAILED';
  const message = formatException(type, String(parsed ?? ''));
  return { status: 'error', error: { code, message, type, ...(logged && { traceback: logged.traceback }) } };
}

/**
 * Turns the final state, or its key with a function's output, into an answer. An interrupt is passed on with its
 * thread.
 */
export function describeState({ server, call, thread }: Run, state: unknown): Answer {
  if (isRecord(state) && '__interrupt__' in state)
    return { status: 'success', output: { ...state, __thread__: call.thread ?? thread } };
  const { outputKey } = server.graph;
  const output = outputKey === null || !isRecord(state) ? state : (state[outputKey] ?? null);
  return isAnswer(output) ? output : { status: 'success', output };
}

export const isInterrupted = (answer: Answer): boolean =>
  answer.status === 'success' && isRecord(answer.output) && '__interrupt__' in answer.output;

/** Recognizes an answer that the code builds itself. */
const isAnswer = (value: unknown): value is Answer =>
  isRecord(value) &&
  ((value.status === 'success' && 'output' in value) ||
    (value.status === 'error' && isRecord(value.error) && typeof value.error.code === 'string'));

function parseBody(body: Buffer, read: ReadJson = readJson): unknown {
  try {
    return read(body.toString());
  } catch {
    return body.toString().slice(0, 1_000);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
