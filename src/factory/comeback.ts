import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerError } from '../contract/answer.js';
import type { RunPlan } from '../contract/handle.js';
import { hasNeverBegun } from '../runners/never-begun.js';
import type { CallOptions } from '../runners/runner.js';

/** Milliseconds between two attempts: longer at each. */
const firstPause = 20;
const longestPause = 250;

/**
 * The wait of one call for software that had taken it and ended before the call began: until supervision has replaced the
 * software, at most for as long as the call may take.
 */
export class Comeback {
  private readonly begun = performance.now();
  private isAwaited = false;
  private pause = firstPause;

  constructor(private readonly options: CallOptions | undefined) {}

  /** Of the next attempt, which has what is left of the call's time. */
  optionsFor(plan: RunPlan): CallOptions | undefined {
    return this.isAwaited ? { ...this.options, timeout: Math.max(0.001, this.secondsLeft(plan)) } : this.options;
  }

  /** Whether the call is to be made again, as none of it has run. From the first time on software that is not there is waited for. */
  isDueAfter(error: Pick<AnswerError, 'code'> | undefined): boolean {
    if (error?.code !== 'NOT_RUNNING') return false;
    this.isAwaited ||= hasNeverBegun(error);
    return this.isAwaited;
  }

  /** True at the moment for the next attempt, false where the call's time is over before. */
  async isThere(plan: RunPlan): Promise<boolean> {
    const { signal } = this.options ?? {};
    if (this.secondsLeft(plan) * 1000 <= this.pause) return false;
    // Where the caller leaves meanwhile, the next attempt says so.
    await sleep(this.pause, undefined, { ...(signal && { signal }) }).catch(() => undefined);
    this.pause = Math.min(this.pause * 1.5, longestPause);
    return true;
  }

  private secondsLeft({ timeout }: RunPlan): number {
    return (this.options?.timeout ?? timeout) - (performance.now() - this.begun) / 1000;
  }
}
