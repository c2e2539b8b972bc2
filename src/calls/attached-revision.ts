import type { AnswerError } from '../contract/answer.js';
import type { RunPlan } from '../contract/handle.js';
import type { BerthHome } from '../home/home.js';
import type { CallOptions, Runner } from '../runners/runner.js';
import { type ActiveRevision, isStillActive } from './active-revision.js';
import { type CallCounter, flushDelay } from './call-counter.js';
import type { CallRetry } from './call-retry.js';

/** A call to the active revision. */
export interface CallOperation<Answered> {
  call: (runner: Runner, options?: CallOptions) => Promise<Answered>;
  /** Returns the error of an answer; undefined for a success. */
  errorOf: (answer: Answered) => AnswerError | undefined;
}

/** A streamed call to the active revision. */
export interface StreamOperation<Chunk, Answered> extends Pick<CallOperation<Answered>, 'errorOf'> {
  open: (runner: Runner, options?: CallOptions) => AsyncGenerator<Chunk, Answered>;
}

/** The error of a call; undefined for a success. */
type Outcome = Pick<AnswerError, 'code'> | undefined;

/** A revision that all callers in this process share. Closes once it has been replaced and its last call has ended. */
export class AttachedRevision {
  private activeCalls = 0;
  private isReplaced = false;
  private checkedAt = 0;

  constructor(
    readonly runner: Runner,
    readonly active: ActiveRevision,
    readonly counter: CallCounter,
  ) {}

  get plan(): RunPlan {
    return this.active.handle.plan;
  }

  /** Makes the call. Returns undefined if this revision is no longer active. */
  async tryRun<Answered>(
    home: BerthHome,
    { call, errorOf }: CallOperation<Answered>,
    retry: CallRetry,
  ): Promise<Answered | undefined> {
    if (!this.begin(home)) return undefined;
    let error: Outcome = { code: 'CALL_LOST' };
    try {
      const answer = await call(this.runner, retry.createOptions(this.plan));
      error = errorOf(answer);
      return answer;
    } finally {
      const closing = this.end(error, retry);
      if (closing !== undefined) await closing;
    }
  }

  /** Makes the streamed call. Returns undefined if this revision is no longer active. */
  tryStream<Chunk, Answered>(
    home: BerthHome,
    call: StreamOperation<Chunk, Answered>,
    retry: CallRetry,
  ): AsyncGenerator<Chunk, Answered> | undefined {
    return this.begin(home) ? this.stream(call, retry) : undefined;
  }

  private async *stream<Chunk, Answered>(
    { open, errorOf }: StreamOperation<Chunk, Answered>,
    retry: CallRetry,
  ): AsyncGenerator<Chunk, Answered> {
    let error: Outcome = { code: 'CALL_CANCELLED' }; // if the reader leaves early
    try {
      const answer = yield* open(this.runner, retry.createOptions(this.plan));
      error = errorOf(answer);
      return answer;
    } catch (thrown) {
      error = { code: 'CALL_LOST' };
      throw thrown;
    } finally {
      await this.end(error, retry);
    }
  }

  /**
   * Counts the call, then checks that the revision is still active. In this order, a process that replaces the revision and
   * then reads the counts sees this call, or this call sees the replacement.
   */
  private begin(home: BerthHome): boolean {
    const isVisible = this.counter.begin();
    if (this.isActive(home, isVisible)) {
      this.activeCalls += 1;
      return true;
    }
    this.counter.revert();
    return false;
  }

  /** Returns a promise only if this was the last call to a replaced revision. */
  private end(error: Outcome, retry: CallRetry): Promise<void> | undefined {
    if (retry.shouldRetry(error))
      this.counter.revert(); // the code has not run
    else this.counter.end(error?.code);
    this.activeCalls -= 1;
    return this.isReplaced ? this.closeWhenDone() : undefined;
  }

  /** Skips the check for a moment if the counter shows this process as calling: no process ends the revision then. */
  private isActive(home: BerthHome, isVisible: boolean): boolean {
    const now = performance.now();
    if (isVisible && now - this.checkedAt < flushDelay) return true;
    this.checkedAt = now;
    return isStillActive(home, this.active);
  }

  /** Closes the connections. The software continues to run. */
  async close(): Promise<void> {
    this.counter.flush();
    await this.runner.close();
  }

  async replace(): Promise<void> {
    this.isReplaced = true;
    await this.closeWhenDone();
  }

  private async closeWhenDone(): Promise<void> {
    if (this.activeCalls === 0) await this.close();
  }
}
