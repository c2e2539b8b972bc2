import type { Answer } from '../contract/answer.js';
import type { ErrorCode } from '../errors.js';
import { Alarm } from './alarm.js';
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

/** Of a connection at whose other end is not the software that was called. */
export class Stranger extends Error {}

export const callFailure = (code: ErrorCode, message: string): Answer => ({
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
): Promise<Answer> => withEnding(options, (ending) => call(ending.signal));

/** The same for the fastest calls, which make no signal. */
export async function withEnding<Told = Answer>(
  options: CallOptions & { timeout: number },
  call: (ending: Ending) => Promise<Told>,
): Promise<Told | Answer> {
  if (options.signal?.aborted) return cancelledBefore;
  const patience = new Patience(options);
  try {
    return await call(patience.ending);
  } catch (error) {
    return patience.explain(error);
  } finally {
    patience.release();
  }
}

/** The same for a stream: its deadline is that of all of it, with the time that its reader takes. */
export async function* streamWithEnding<Chunk, Told = Answer>(
  options: CallOptions & { timeout: number },
  stream: (ending: Ending) => AsyncGenerator<Chunk, Told>,
): AsyncGenerator<Chunk, Told | Answer> {
  if (options.signal?.aborted) return cancelledBefore;
  const patience = new Patience(options);
  try {
    return yield* stream(patience.ending);
  } catch (error) {
    return patience.explain(error);
  } finally {
    patience.release();
  }
}

const cancelledBefore = callFailure('CALL_CANCELLED', 'the call was cancelled before it began');

/** A caller's deadline and cancel, for as long as its call lasts. */
class Patience {
  readonly ending = new Ending();
  private readonly deadline: Alarm;

  constructor(private readonly options: CallOptions & { timeout: number }) {
    const { timeout, signal } = options;
    const late = () => this.end('CALL_TIMEOUT', `the call took longer than its ${timeout} s`);
    this.deadline = new Alarm(timeout * 1000, late);
    signal?.addEventListener('abort', this.cancel, { once: true });
  }

  /** What was thrown, as the answer that says why. */
  explain(error: unknown): Answer {
    return explain(this.ending.isOver ? this.ending.reason : error);
  }

  release(): void {
    this.deadline.clear();
    this.options.signal?.removeEventListener('abort', this.cancel);
  }

  private readonly cancel = () => this.end('CALL_CANCELLED', 'the call was cancelled');

  private end(code: ErrorCode, message: string): void {
    this.ending.end(new GivenUp(code, message));
  }
}

function explain(error: unknown): Answer {
  if (error instanceof GivenUp) return callFailure(error.code, error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED' || error instanceof Stranger)
    return callFailure('NOT_RUNNING', `the software is not up: ${message}`);
  if (code === 'ECONNRESET' || code === 'EPIPE') return callFailure('CALL_LOST', 'the server ended during the call');
  if (typeof code === 'string') return callFailure('CALL_LOST', `the call did not get through: ${message}`);
  throw error;
}
