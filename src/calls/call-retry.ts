import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerError } from '../contract/answer.js';
import type { RunPlan } from '../contract/handle.js';
import type { CallOptions } from '../runners/runner.js';
import { isUnstarted } from '../runners/unstarted-call.js';

/** Milliseconds between two attempts: longer at each. */
const initialBackoff = 20;
const maxBackoff = 250;

/**
 * The wait of one call for software that had taken it and ended before the call began: until supervision has replaced the
 * software, at most for as long as the call may take.
 */
export class CallRetry {
  private readonly startedChangesAt = performance.now();
  private isRetrying = false;
  private backoff = initialBackoff;

  constructor(private readonly options: CallOptions | undefined) {}

  /** Of the next attempt, which has what is left of the call's time. */
  createOptions(plan: RunPlan): CallOptions | undefined {
    return this.isRetrying
      ? { ...this.options, timeout: Math.max(0.001, this.computeSecondsLeft(plan)) }
      : this.options;
  }

  /** Whether the call is to be made again, as none of it has run. From the first time on software that is not there is waited for. */
  shouldRetry(error: Pick<AnswerError, 'code'> | undefined): boolean {
    if (error?.code !== 'NOT_RUNNING') return false;
    this.isRetrying ||= isUnstarted(error);
    return this.isRetrying;
  }

  /** True at the moment for the next attempt, false where the call's time is over before. */
  async waitForNextAttempt(plan: RunPlan): Promise<boolean> {
    const { signal } = this.options ?? {};
    if (this.computeSecondsLeft(plan) * 1000 <= this.backoff) return false;
    // Where the caller leaves meanwhile, the next attempt says so.
    await sleep(this.backoff, undefined, { ...(signal && { signal }) }).catch(() => undefined);
    this.backoff = Math.min(this.backoff * 1.5, maxBackoff);
    return true;
  }

  private computeSecondsLeft({ timeout }: RunPlan): number {
    return (this.options?.timeout ?? timeout) - (performance.now() - this.startedChangesAt) / 1000;
  }
}
