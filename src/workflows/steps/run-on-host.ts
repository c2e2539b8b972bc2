import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import { hostWaitActivities } from '../activity-proxies.js';
import type { WorkflowState } from '../state/state.js';
import { toErrorRecord } from '../state/to-application-failure.js';
import { publishStatus, setChangeError } from '../status/publish-status.js';
import { recordStep, type StepOutcome } from '../status/step-record.js';

/**
 * Runs a step on the deployment's host and records it. While the host has no worker it waits, and then runs the step
 * again.
 */
export async function runOnHost<T>(
  workflow: WorkflowState,
  step: string,
  note: (result: T) => string | StepOutcome,
  run: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await recordStep(workflow, step, run, note);
    } catch (error) {
      if (!isHostUnreachable(error) || workflow.host === null) throw error;
      await waitForHost(workflow, workflow.host, error);
    }
  }
}

/** Waits for a worker of the host, and shows the error meanwhile. */
async function waitForHost(workflow: WorkflowState, host: string, error: unknown): Promise<void> {
  const { current, lastError } = workflow;
  const changeError = current?.lastError ?? null;
  setChangeError(workflow, toErrorRecord(error));
  const wait = () =>
    hostWaitActivities(host).awaitHost.executeWithOptions({ summary: `wait for a worker on host ${host}` }, [{ host }]);
  await recordStep(workflow, 'awaitHost', wait, () => 'the host has a worker again');
  workflow.lastError = lastError;
  if (workflow.current !== null) workflow.current.lastError = changeError;
  publishStatus(workflow);
}

export const isHostUnreachable = (error: unknown): boolean =>
  error instanceof ActivityFailure &&
  error.cause instanceof TimeoutFailure &&
  error.cause.timeoutType === 'SCHEDULE_TO_START';
