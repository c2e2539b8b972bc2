import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerError } from '../contract/answer.js';
import type { RunPlan } from '../contract/handle.js';
import type { CallOptions } from '../runners/runner.js';
import { isUnstarted } from '../runners/unstarted-call.js';

/** Milliseconds between two attempts. The backoff grows with each attempt. */
const initialBackoff = 20;
const maxBackoff = 250;

/**
 * Retries a call that the software accepted but did not begin before it ended, until supervision has replaced the
 * software. Takes at most the timeout of the call.
 */
export class CallRetry {
  private readonly startedAt = performance.now();
  private isRetrying = false;
  private backoff = initialBackoff;

  constructor(private readonly options: CallOptions | undefined) {}

  /** Returns the options of the next attempt. Its timeout is the remaining time of the call. */
  createOptions(plan: RunPlan): CallOptions | undefined {
    return this.isRetrying
      ? { ...this.options, timeout: Math.max(0.001, this.computeSecondsLeft(plan)) }
      : this.options;
  }

  /** Checks whether to retry, because the code has not run. After the first retry, also waits for missing software. */
  shouldRetry(error: Pick<AnswerError, 'code'> | undefined): boolean {
    if (error?.code !== 'NOT_RUNNING') return false;
    this.isRetrying ||= isUnstarted(error);
    return this.isRetrying;
  }

  /** Resolves to true when the next attempt may start, or immediately to false if the call's time ends before that. */
  async waitForNextAttempt(plan: RunPlan): Promise<boolean> {
    const { signal } = this.options ?? {};
    if (this.computeSecondsLeft(plan) * 1000 <= this.backoff) return false;
    // If the caller cancels meanwhile, the next attempt reports it.
    await sleep(this.backoff, undefined, { ...(signal && { signal }) }).catch(() => undefined);
    this.backoff = Math.min(this.backoff * 1.5, maxBackoff);
    return true;
  }

  private computeSecondsLeft({ timeout }: RunPlan): number {
    return (this.options?.timeout ?? timeout) - (performance.now() - this.startedAt) / 1000;
  }
}
