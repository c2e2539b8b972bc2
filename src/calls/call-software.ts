import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../contract/answer.js';
import type { CallOutcome, DurableRun } from '../contract/durable-run.js';
import { codes, isErrorCode } from '../errors.js';
import { toRecordable } from '../json/to-recordable.js';
import { writeJson } from '../json/write-json.js';
import { parseAnswerError } from '../runners/answer-text.js';

/** Something that answers calls, JSON text with JSON text: the active revision of a deployment on this machine. */
export interface Callable {
  runText(inputs: string, options: { timeout?: number; signal: AbortSignal }): Promise<string>;
}

interface CallContext {
  signal: AbortSignal;
  /** One line of progress for a person. */
  onProgress: (line: string) => void;
}

/** Milliseconds after which software that is not there is looked for again, elsewhere too. */
const lookupTimeout = 3_600_000;
const maxPollInterval = 2_000;
/** A workflow's history takes no more in one piece (2 MB), in bytes of JSON. */
const maxAnswerBytes = 1_900_000;

/**
 * Waits until the software runs, calls it once, and says what came of it. A call that the signal cuts off throws: who
 * cancelled it decides whether it is made again.
 */
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
    // Of an unknown name the directory is not there yet, or not any more: the server knows which.
    if (code === 'NAME_UNKNOWN' || Date.now() > deadline) return createCallEnd(answer, 'unreached');
    onProgress(`waits for ${name}: it does not run`);
    await sleep(pollInterval, undefined, { signal });
  }
}

function classifyAnswer(answer: string, code: string | undefined): CallOutcome {
  const isLost = code !== undefined && isErrorCode(code) && codes[code].retryable;
  return isLost ? createCallEnd(answer, 'lost') : createCallEnd(limitAnswerSize(answer), 'answered');
}

function createCallEnd(answer: string, verdict: CallOutcome['verdict']): CallOutcome {
  const { value, text } = toRecordable(answer);
  if (text === undefined) return { answer: value as Answer, verdict }; // as the software answers
  return { answer: summarizeAnswer(answer), text, verdict };
}

/** What the workflow looks at of an answer. */
function summarizeAnswer(answer: string): Answer {
  const { status, error } = JSON.parse(answer);
  return status === 'success'
    ? { status, output: null }
    : { status, error: { code: String(error.code), message: String(error.message) } };
}

function limitAnswerSize(answer: string): string {
  const bytes = Buffer.byteLength(answer);
  if (bytes <= maxAnswerBytes) return answer;
  const message = `the answer has ${bytes} bytes, and the record of a durable run takes ${maxAnswerBytes}: call it without --durable, or return less`;
  return JSON.stringify({ status: 'error', error: { code: 'CALL_OUTPUT', message } });
}
