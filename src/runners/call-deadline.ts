import type { Answer } from '../contract/answer.js';
import type { ErrorCode } from '../errors.js';
import { CancelSource } from './cancel-source.js';
import { DeadlineTimer } from './deadline-timer.js';
import type { CallOptions } from './runner.js';

/** Why a call was given up before its answer came. */
class AbandonedCallError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** Of a connection at whose other end is not the software that was called. */
export class UnverifiedPeerError extends Error {}

export const createErrorAnswer = (code: ErrorCode, message: string): Answer => ({
  status: 'error',
  error: { code, message },
});

/**
 * Makes a call over a network: its deadline and the caller's cancel abort the signal that `call` is given, and what it
 * then throws becomes the answer that says so. A connection that is refused, or is a stranger's, is
 * NOT_RUNNING, one that ends CALL_LOST.
 */
export const withDeadline = (
  options: CallOptions & { timeout: number },
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> => withCancelSource(options, (ending) => call(ending.signal));

/** The same for the fastest calls, which make no signal. */
export async function withCancelSource<Told = Answer>(
  options: CallOptions & { timeout: number },
  call: (ending: CancelSource) => Promise<Told>,
): Promise<Told | Answer> {
  if (options.signal?.aborted) return canceledBeforeStart;
  const guard = new CallGuard(options);
  try {
    return await call(guard.cancelSource);
  } catch (error) {
    return guard.toErrorAnswer(error);
  } finally {
    guard.release();
  }
}

/** The same for a stream: its deadline is that of all of it, with the time that its reader takes. */
export async function* streamWithCancelSource<Chunk, Told = Answer>(
  options: CallOptions & { timeout: number },
  stream: (ending: CancelSource) => AsyncGenerator<Chunk, Told>,
): AsyncGenerator<Chunk, Told | Answer> {
  if (options.signal?.aborted) return canceledBeforeStart;
  const guard = new CallGuard(options);
  try {
    return yield* stream(guard.cancelSource);
  } catch (error) {
    return guard.toErrorAnswer(error);
  } finally {
    guard.release();
  }
}

const canceledBeforeStart = createErrorAnswer('CALL_CANCELLED', 'the call was cancelled before it began');

/** A caller's deadline and cancel, for as long as its call lasts. */
class CallGuard {
  readonly cancelSource = new CancelSource();
  private readonly deadline: DeadlineTimer;

  constructor(private readonly options: CallOptions & { timeout: number }) {
    const { timeout, signal } = options;
    const onTimeout = () => this.abandon('CALL_TIMEOUT', `the call took longer than its ${timeout} s`);
    this.deadline = new DeadlineTimer(timeout * 1000, onTimeout);
    signal?.addEventListener('abort', this.cancel, { once: true });
  }

  /** What was thrown, as the answer that says why. */
  toErrorAnswer(error: unknown): Answer {
    return toErrorAnswer(this.cancelSource.isCanceled ? this.cancelSource.reason : error);
  }

  release(): void {
    this.deadline.clear();
    this.options.signal?.removeEventListener('abort', this.cancel);
  }

  private readonly cancel = () => this.abandon('CALL_CANCELLED', 'the call was cancelled');

  private abandon(code: ErrorCode, message: string): void {
    this.cancelSource.cancel(new AbandonedCallError(code, message));
  }
}

function toErrorAnswer(error: unknown): Answer {
  if (error instanceof AbandonedCallError) return createErrorAnswer(error.code, error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED' || error instanceof UnverifiedPeerError)
    return createErrorAnswer('NOT_RUNNING', `the software is not up: ${message}`);
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return createErrorAnswer('CALL_LOST', 'the server ended during the call');
  if (typeof code === 'string') return createErrorAnswer('CALL_LOST', `the call did not get through: ${message}`);
  throw error;
}
