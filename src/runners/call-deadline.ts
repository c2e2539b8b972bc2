import type { Answer } from '../contract/answer.js';
import type { ErrorCode } from '../errors.js';
import { CancelSource } from './cancel-source.js';
import { DeadlineTimer } from './deadline-timer.js';
import type { CallOptions } from './runner.js';

/** Reason why a call was abandoned before its answer arrived. */
class AbandonedCallError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** Error for a connection whose peer is not known to be the software to call. */
export class UnverifiedPeerError extends Error {}

export const createErrorAnswer = (code: ErrorCode, message: string): Answer => ({
  status: 'error',
  error: { code, message },
});

/**
 * Makes a call over a network. The deadline and the caller's signal abort the signal that `call` receives. Errors
 * become answers: CALL_TIMEOUT, CALL_CANCELLED, NOT_RUNNING for a refused connection or an unverified peer, CALL_LOST
 * for a connection that ends.
 */
export const withDeadline = (
  options: CallOptions & { timeout: number },
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> => withCancelSource(options, (cancelSource) => call(cancelSource.signal));

/** Makes a call like `withDeadline`, but creates no signal, which suits fast calls. */
export async function withCancelSource<Reply = Answer>(
  options: CallOptions & { timeout: number },
  call: (cancelSource: CancelSource) => Promise<Reply>,
): Promise<Reply | Answer> {
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

/** Makes a streamed call like `withDeadline`. The deadline covers the whole stream, including the reader's time. */
export async function* streamWithCancelSource<Chunk, Reply = Answer>(
  options: CallOptions & { timeout: number },
  stream: (cancelSource: CancelSource) => AsyncGenerator<Chunk, Reply>,
): AsyncGenerator<Chunk, Reply | Answer> {
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

/** Deadline and cancellation of one call. */
class CallGuard {
  readonly cancelSource = new CancelSource();
  private readonly deadline: DeadlineTimer;

  constructor(private readonly options: CallOptions & { timeout: number }) {
    const { timeout, signal } = options;
    const onTimeout = () => this.abandon('CALL_TIMEOUT', `the call took longer than its ${timeout} s`);
    this.deadline = new DeadlineTimer(timeout * 1000, onTimeout);
    signal?.addEventListener('abort', this.cancel, { once: true });
  }

  /** Converts a thrown error to an answer. */
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
