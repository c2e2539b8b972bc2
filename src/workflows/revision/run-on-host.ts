import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import { hostWaitActivities } from '../activity-proxies.js';
import { waitsForHost } from '../patches.js';
import type { WorkflowState } from '../state/state.js';
import { toErrorRecord } from '../state/to-application-failure.js';
import { publishDetails, setChangeError } from '../status/publish-status.js';
import { recordStep, type StepOutcome } from '../status/step-record.js';

/** How often a step of an earlier run may find nobody on its host before the deployment stops trying. */
const defaultMisses = 3;

/**
 * A step on the deployment's host. A host that is away is waited for, however long that takes, and its worker goes on where
 * the last one ended. After a restart of everything the host may be back by the time at which it was missed.
 */
export async function runOnHost<T>(
  workflow: WorkflowState,
  step: string,
  note: (result: T) => string | StepOutcome,
  run: () => Promise<T>,
  missesAllowed = defaultMisses,
): Promise<T> {
  for (let misses = 1; ; misses += 1) {
    try {
      return await recordStep(workflow, step, run, note);
    } catch (error) {
      if (!isHostUnreachable(error)) throw error;
      if (workflow.host !== null && waitsForHost()) await waitForHost(workflow, workflow.host, error);
      else if (misses >= missesAllowed) throw error;
    }
  }
}

/** Shows why nothing happens, for as long as nobody works for the host. */
async function waitForHost(workflow: WorkflowState, host: string, error: unknown): Promise<void> {
  const { info } = workflow;
  const earlier = { own: info.lastError, ofChange: info.change?.lastError ?? null };
  setChangeError(workflow, toErrorRecord(error));
  const wait = () =>
    hostWaitActivities(host).awaitHost.executeWithOptions({ summary: `wait for a worker of host ${host}` }, [{ host }]);
  await recordStep(workflow, 'awaitHost', wait, () => 'a worker of the host is back');
  info.lastError = earlier.own;
  if (info.change !== null) info.change.lastError = earlier.ofChange;
  publishDetails(workflow);
}

export const isHostUnreachable = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.cause instanceof TimeoutFailure &&
  error.cause.timeoutType === 'SCHEDULE_TO_START';
