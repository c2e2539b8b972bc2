import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../contract/answer.js';
import type { CallEnd, DurableRun } from '../contract/durable-run.js';
import { codes, isErrorCode } from '../errors.js';

/** Something that answers calls: the active revision of a deployment on this machine. */
export interface Callable {
  run(inputs: unknown, options: { timeout?: number; signal: AbortSignal }): Promise<Answer>;
}

interface CallContext {
  signal: AbortSignal;
  /** One line of progress for a person. */
  onProgress: (line: string) => void;
}

/** Milliseconds after which software that is not there is looked for again, elsewhere too. */
const patience = 3_600_000;
const longestPause = 2_000;
/** A workflow's history takes no more in one piece (2 MB), in bytes of JSON. */
const largestAnswer = 1_900_000;

/**
 * Waits until the software runs, calls it once, and says what came of it. A call that the signal cuts off throws: who
 * cancelled it decides whether it is made again.
 */
export async function callSoftware(
  software: Callable,
  { name, inputs, timeout }: DurableRun,
  { signal, onProgress }: CallContext,
): Promise<CallEnd> {
  const deadline = Date.now() + patience;
  for (let pause = 50; ; pause = Math.min(pause * 1.5, longestPause)) {
    const answer = await software.run(inputs, { ...(timeout !== null && { timeout }), signal });
    signal.throwIfAborted();
    const code = answer.status === 'error' ? answer.error.code : undefined;
    if (code !== 'NOT_RUNNING' && code !== 'NAME_UNKNOWN') return judge(answer);
    // Of an unknown name the directory is not there yet, or not any more: the server knows which.
    if (code === 'NAME_UNKNOWN' || Date.now() > deadline) return { answer, verdict: 'unreached' };
    onProgress(`waits for ${name}: it does not run`);
    await sleep(pause, undefined, { signal });
  }
}

function judge(answer: Answer): CallEnd {
  const isLost = answer.status === 'error' && isErrorCode(answer.error.code) && codes[answer.error.code].retryable;
  return isLost ? { answer, verdict: 'lost' } : { answer: bound(answer), verdict: 'answered' };
}

function bound(answer: Answer): Answer {
  const bytes = Buffer.byteLength(JSON.stringify(answer));
  if (bytes <= largestAnswer) return answer;
  const message = `the answer has ${bytes} bytes, and the record of a durable run takes ${largestAnswer}: call it without --durable, or return less`;
  return { status: 'error', error: { code: 'CALL_OUTPUT', message } };
}
