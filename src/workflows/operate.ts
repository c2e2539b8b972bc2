import { allHandlersFinished, CancellationScope, ContinueAsNew, condition, isCancellation } from '@temporalio/workflow';
import type { Controllers } from './controllers.js';
import { canContinueAsNew } from './state/history-limit.js';
import { isCleaningUp, type WorkflowState } from './state/state.js';
import { toErrorRecord } from './state/to-application-failure.js';

/** Runs `run` until it ends, fails or is canceled by a cleanup. Skips it in a run that continues a cleanup. */
export async function runUntilCleanup(
  workflow: WorkflowState,
  controllers: Controllers,
  run: (controllers: Controllers) => Promise<void>,
): Promise<void> {
  if (isCleaningUp(workflow)) return;
  try {
    await controllers.main.run(() => run(controllers));
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    if (!isCancellation(error)) workflow.failure = toErrorRecord(error);
  }
}

/**
 * Supervises the active revision and executes changes concurrently. Resolves when a new run is due and nothing is in
 * progress.
 */
export async function operate(
  workflow: WorkflowState,
  { supervision, changes }: Pick<Controllers, 'supervision' | 'changes'>,
): Promise<void> {
  const parts = new CancellationScope();
  const isQuiet = () => supervision.isIdle && changes.isIdle && allHandlersFinished();
  try {
    await parts.run(async () => {
      const newRun = condition(() => canContinueAsNew(workflow) && isQuiet()).then(() => parts.cancel());
      newRun.catch(() => undefined); // canceled together with the parts, which report it
      await waitForAll([supervision.run(), changes.run()]);
    });
  } catch (error) {
    if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
  }
}

/** Rejects after all parts have ended, so that a canceled part ends before anything is undone. */
async function waitForAll(parts: Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(parts)) if (result.status === 'rejected') throw result.reason;
}
