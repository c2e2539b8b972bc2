import type { AnswerError } from '../contract/answer.js';
import type { RunPlan } from '../contract/handle.js';
import type { BerthHome } from '../home.js';
import { type ActiveRevision, isStillActive } from '../runners/active-revision.js';
import { type CallCounter, lateness } from '../runners/call-tally.js';
import type { CallOptions, Runner } from '../runners/runner.js';
import type { Comeback } from './comeback.js';

/** A call of whatever revision is active, and how its answer is read. */
export interface OneCall<Answered> {
  call: (runner: Runner, options?: CallOptions) => Promise<Answered>;
  /** Undefined for a success. */
  errorOf: (answer: Answered) => AnswerError | undefined;
}

/** The same bit by bit. */
export interface OneStream<Chunk, Answered> extends Pick<OneCall<Answered>, 'errorOf'> {
  open: (runner: Runner, options?: CallOptions) => AsyncGenerator<Chunk, Answered>;
}

/** How a call ended: its error, undefined for a success. */
type Outcome = Pick<AnswerError, 'code'> | undefined;

/** A revision as its callers in this process share it: let go of when it was replaced and its last call is over. */
export class Attached {
  private calls = 0;
  private isReplaced = false;
  private lookedAt = 0;

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
    { call, errorOf }: OneCall<Answered>,
    comeback: Comeback,
  ): Promise<Answered | undefined> {
    if (!this.begin(home)) return undefined;
    let error: Outcome = { code: 'CALL_LOST' };
    try {
      const answer = await call(this.runner, comeback.optionsFor(this.plan));
      error = errorOf(answer);
      return answer;
    } finally {
      const closing = this.end(error, comeback);
      if (closing !== undefined) await closing;
    }
  }

  /** Undefined when another revision is active by now. */
  tryStream<Chunk, Answered>(
    home: BerthHome,
    call: OneStream<Chunk, Answered>,
    comeback: Comeback,
  ): AsyncGenerator<Chunk, Answered> | undefined {
    return this.begin(home) ? this.stream(call, comeback) : undefined;
  }

  private async *stream<Chunk, Answered>(
    { open, errorOf }: OneStream<Chunk, Answered>,
    comeback: Comeback,
  ): AsyncGenerator<Chunk, Answered> {
    let error: Outcome = { code: 'CALL_CANCELLED' }; // unless its reader stays to the end
    try {
      const answer = yield* open(this.runner, comeback.optionsFor(this.plan));
      error = errorOf(answer);
      return answer;
    } catch (thrown) {
      error = { code: 'CALL_LOST' };
      throw thrown;
    } finally {
      await this.end(error, comeback);
    }
  }

  /**
   * False when another revision is active by now. The call is counted first and the revision looked at then: whoever
   * replaces it counts after it has done so, and sees this call, or this call sees that it was replaced.
   */
  private begin(home: BerthHome): boolean {
    const isSeen = this.counter.begin();
    if (this.isActive(home, isSeen)) {
      this.calls += 1;
      return true;
    }
    this.counter.takeBack();
    return false;
  }

  /** Undefined unless this was the last call of what was replaced. */
  private end(error: Outcome, comeback: Comeback): Promise<void> | undefined {
    if (comeback.isDueAfter(error))
      this.counter.takeBack(); // none of it has run
    else this.counter.end(error?.code);
    this.calls -= 1;
    return this.isReplaced ? this.closeWhenDone() : undefined;
  }

  /** While this process is seen to be calling nobody ends the revision, so the last look holds for a moment. */
  private isActive(home: BerthHome, isSeen: boolean): boolean {
    const now = performance.now();
    if (isSeen && now - this.lookedAt < lateness) return true;
    this.lookedAt = now;
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
    if (this.calls === 0) await this.close();
  }
}
