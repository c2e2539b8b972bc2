import type { Answer } from '../contract/answer.js';
import type { ErrorCode } from '../errors.js';
import { Ending } from './ending.js';
import type { CallOptions } from './runner.js';

/** Why a call was given up before its answer came. */
class GivenUp extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export const callFailure = (code: ErrorCode, message: string): Answer => ({
  status: 'error',
  error: { code, message },
});

/**
 * Makes a call over a network: its deadline and the caller's cancel abort the signal that `call` is given, and what it
 * then throws becomes the answer that says so. A connection that is refused is NOT_RUNNING, one that ends CALL_LOST.
 */
export const withDeadline = (
  options: CallOptions & { timeout: number },
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> => withEnding(options, (ending) => call(ending.signal));

/** The same for the fastest calls, which make no signal. */
export async function withEnding(
  { timeout, signal }: CallOptions & { timeout: number },
  call: (ending: Ending) => Promise<Answer>,
): Promise<Answer> {
  if (signal?.aborted) return callFailure('CALL_CANCELLED', 'the call was cancelled before it began');
  const ending = new Ending();
  const end = (code: ErrorCode, message: string) => ending.end(new GivenUp(code, message));
  const late = () => end('CALL_TIMEOUT', `the call took longer than its ${timeout} s`);
  const timer = setTimeout(late, Math.min(timeout * 1000, 2 ** 31 - 1));
  const cancel = () => end('CALL_CANCELLED', 'the call was cancelled');
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await call(ending);
  } catch (error) {
    return explain(ending.isOver ? ending.reason : error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}

function explain(error: unknown): Answer {
  if (error instanceof GivenUp) return callFailure(error.code, error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return callFailure('NOT_RUNNING', `the software is not up: ${message}`);
  if (code === 'ECONNRESET' || code === 'EPIPE') return callFailure('CALL_LOST', 'the server ended during the call');
  if (typeof code === 'string') return callFailure('CALL_LOST', `the call did not get through: ${message}`);
  throw error;
}
