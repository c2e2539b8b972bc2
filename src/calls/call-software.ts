import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../contract/answer.js';
import type { CallOutcome, DurableRun } from '../contract/durable-run.js';
import { codes, isErrorCode } from '../errors.js';
import { toRecordable } from '../json/to-recordable.js';
import { writeJson } from '../json/write-json.js';
import { parseAnswerError } from '../runners/answer-text.js';

/** Software that answers calls in JSON text: the active revision of a deployment on this machine. */
export interface Callable {
  runText(inputs: string, options: { timeout?: number; signal: AbortSignal }): Promise<string>;
}

interface CallContext {
  signal: AbortSignal;
  /** Reports progress to the user in one line. */
  onProgress: (line: string) => void;
}

/** Milliseconds to wait for missing software. After that, the workflow looks for it again, on any host. */
const lookupTimeout = 3_600_000;
const maxPollInterval = 2_000;
/** Maximum answer in bytes of JSON. A workflow's history accepts at most 2 MB per event. */
const maxAnswerBytes = 1_900_000;

/** Waits until the software runs, calls it once, and returns the outcome. Throws when the signal cancels the call. */
export async function callSoftware(
  software: Callable,
  { name, inputs, text = writeJson(inputs), timeout }: DurableRun,
  { signal, onProgress }: CallContext,
): Promise<CallOutcome> {
  const deadline = Date.now() + lookupTimeout;
  for (let pollInterval = 50; ; pollInterval = Math.min(pollInterval * 1.5, maxPollInterval)) {
    const answer = await software.runText(text, { ...(timeout !== null && { timeout }), signal });
    signal.throwIfAborted();
    const code = parseAnswerError(answer)?.code;
    if (code !== 'NOT_RUNNING' && code !== 'NAME_UNKNOWN') return classifyAnswer(answer, code);
    // The directory of an unknown name does not exist yet, or no longer: only the server knows which.
    if (code === 'NAME_UNKNOWN' || Date.now() > deadline) return createCallEnd(answer, 'unreached');
    onProgress(`waiting for ${name}: it is not running`);
    await sleep(pollInterval, undefined, { signal });
  }
}

function classifyAnswer(answer: string, code: string | undefined): CallOutcome {
  const isLost = code !== undefined && isErrorCode(code) && codes[code].retryable;
  return isLost ? createCallEnd(answer, 'lost') : createCallEnd(limitAnswerSize(answer), 'answered');
}

function createCallEnd(answer: string, verdict: CallOutcome['verdict']): CallOutcome {
  const { value, text } = toRecordable(answer);
  if (text === undefined) return { answer: value as Answer, verdict }; // runners return valid answers
  return { answer: summarizeAnswer(answer), text, verdict };
}

/** Returns the parts of an answer that the workflow reads. */
function summarizeAnswer(answer: string): Answer {
  const { status, error } = JSON.parse(answer);
  return status === 'success'
    ? { status, output: null }
    : { status, error: { code: String(error.code), message: String(error.message) } };
}

function limitAnswerSize(answer: string): string {
  const bytes = Buffer.byteLength(answer);
  if (bytes <= maxAnswerBytes) return answer;
  const message = `the answer has ${bytes} bytes, but a durable run records at most ${maxAnswerBytes}: call it without --durable, or return less`;
  return JSON.stringify({ status: 'error', error: { code: 'CALL_OUTPUT', message } });
}
