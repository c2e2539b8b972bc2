import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import { failureRecord } from './failures.js';
import type { Life } from './life.js';
import { waitsForHost } from './patches.js';
import { setChangeError, showDetails } from './showing.js';
import { record, type StepOutcome } from './step-record.js';
import { waitingOn } from './steps.js';

/** How often a step of an earlier run may find nobody on its host before the deployment stops trying. */
const usualMisses = 3;

/**
 * A step on the deployment's host. A host that is away is waited for, however long that takes, and its worker goes on where
 * the last one ended. After a restart of everything the host may be back by the time at which it was missed.
 */
export async function onHost<T>(
  life: Life,
  step: string,
  note: (result: T) => string | StepOutcome,
  run: () => Promise<T>,
  missesAllowed = usualMisses,
): Promise<T> {
  for (let misses = 1; ; misses += 1) {
    try {
      return await record(life, step, run, note);
    } catch (error) {
      if (!isUnreached(error)) throw error;
      if (life.host !== null && waitsForHost()) await awaitHost(life, life.host, error);
      else if (misses >= missesAllowed) throw error;
    }
  }
}

/** Shows why nothing happens, for as long as nobody works for the host. */
async function awaitHost(life: Life, host: string, error: unknown): Promise<void> {
  const { info } = life;
  const earlier = { own: info.lastError, ofChange: info.change?.lastError ?? null };
  setChangeError(life, failureRecord(error));
  const wait = () =>
    waitingOn(host).awaitHost.executeWithOptions({ summary: `wait for a worker of host ${host}` }, [{ host }]);
  await record(life, 'awaitHost', wait, () => 'a worker of the host is back');
  info.lastError = earlier.own;
  if (info.change !== null) info.change.lastError = earlier.ofChange;
  showDetails(life);
}

export const isUnreached = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.cause instanceof TimeoutFailure &&
  error.cause.timeoutType === 'SCHEDULE_TO_START';
