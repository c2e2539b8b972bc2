import type { Answer } from '../contract/answer.js';
import type { ErrorCode } from '../errors.js';
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
export async function withDeadline(
  { timeout, signal }: CallOptions & { timeout: number },
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  if (signal?.aborted) return callFailure('CALL_CANCELLED', 'the call was cancelled before it began');
  const control = new AbortController();
  const late = new GivenUp('CALL_TIMEOUT', `the call took longer than its ${timeout} s`);
  const timer = setTimeout(() => control.abort(late), Math.min(timeout * 1000, 2 ** 31 - 1));
  const cancel = () => control.abort(new GivenUp('CALL_CANCELLED', 'the call was cancelled'));
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await call(control.signal);
  } catch (error) {
    return explain(control.signal.aborted ? control.signal.reason : error);
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
