import type { AnswerError } from '../contract/answer.js';
import type { RunPlan } from '../contract/handle.js';
import type { BerthHome } from '../home/home.js';
import type { CallOptions, Runner } from '../runners/runner.js';
import { type ActiveRevision, isStillActive } from './active-revision.js';
import { type CallCounter, flushDelay } from './call-counter.js';
import type { CallRetry } from './call-retry.js';

/** A call of whatever revision is active, and how its answer is read. */
export interface CallOperation<Answered> {
  call: (runner: Runner, options?: CallOptions) => Promise<Answered>;
  /** Undefined for a success. */
  errorOf: (answer: Answered) => AnswerError | undefined;
}

/** The same bit by bit. */
export interface StreamOperation<Chunk, Answered> extends Pick<CallOperation<Answered>, 'errorOf'> {
  open: (runner: Runner, options?: CallOptions) => AsyncGenerator<Chunk, Answered>;
}

/** How a call ended: its error, undefined for a success. */
type Outcome = Pick<AnswerError, 'code'> | undefined;

/** A revision as its callers in this process share it: let go of when it was replaced and its last call is over. */
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

  /** Undefined when another revision is active by now. */
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

  /** Undefined when another revision is active by now. */
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
    let error: Outcome = { code: 'CALL_CANCELLED' }; // unless its reader stays to the end
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
   * False when another revision is active by now. The call is counted first and the revision looked at then: whoever
   * replaces it counts after it has done so, and sees this call, or this call sees that it was replaced.
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

  /** Undefined unless this was the last call of what was replaced. */
  private end(error: Outcome, retry: CallRetry): Promise<void> | undefined {
    if (retry.shouldRetry(error))
      this.counter.revert(); // none of it has run
    else this.counter.end(error?.code);
    this.activeCalls -= 1;
    return this.isReplaced ? this.closeWhenDone() : undefined;
  }

  /** While this process is seen to be calling nobody ends the revision, so the last look holds for a moment. */
  private isActive(home: BerthHome, isVisible: boolean): boolean {
    const now = performance.now();
    if (isVisible && now - this.checkedAt < flushDelay) return true;
    this.checkedAt = now;
    return isStillActive(home, this.active);
  }

  /** Lets go of the connections; what is running ends as it would. */
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
