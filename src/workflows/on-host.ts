import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import { type Life, record, type StepOutcome } from './life.js';

/** How often a step may find nobody on its host before the deployment stops trying. */
const missesAllowed = 3;

/**
 * A step on the deployment's host. After a restart of everything the first try may find that the host's queue was left
 * alone for too long, although its worker is back by now: so the step is given again before that counts as a failure.
 */
export async function onHost<T>(
  life: Life,
  step: string,
  note: (result: T) => string | StepOutcome,
  run: () => Promise<T>,
): Promise<T> {
  for (let misses = 1; ; misses += 1) {
    try {
      return await record(life, step, run, note);
    } catch (error) {
      if (misses === missesAllowed || !isUnreached(error)) throw error;
    }
  }
}

export const isUnreached = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.cause instanceof TimeoutFailure &&
  error.cause.timeoutType === 'SCHEDULE_TO_START';
