import type { WorkflowInterceptors, WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { staleQueryMessage } from './messages.js';

/** What Core calls a query that comes without a workflow task. */
const legacyQueryId = 'legacy_query';

/**
 * A workflow takes in what happened only as a whole workflow task.
 *
 * A query that has waited for a worker comes with the history as it is by then, which may go on beyond the last workflow
 * task that was completed. The SDK takes that in, too, and keeps what the workflow does on it for the next task, which brings
 * the rest: an order that a replay, which has all of it in one task, does not repeat. Such a query is refused; the SDK then
 * forgets the run and replays it (docs/decisions/2026-11-29-queries-wait-for-workflow-tasks.md).
 */
export function interceptors(): WorkflowInterceptors {
  const progress = new TaskProgress();
  return {
    internals: [
      {
        activate(input, next) {
          if (!progress.isCompleteTask(input.activation)) throw new Error(staleQueryMessage);
          next(input);
        },
      },
    ],
  };
}

type Activation = Parameters<NonNullable<WorkflowInternalsInterceptor['activate']>>[0]['activation'];

/** How far one run has come in this worker. */
class TaskProgress {
  private length = 0;
  private bytes = 0;
  private isReplaying = false;
  /** What is new came right after a replay: with a workflow task, or with a query that is still to be answered. */
  private isAmbiguous = false;

  isCompleteTask({ historyLength, historySizeBytes, isReplaying, jobs }: Activation): boolean {
    const queries = jobs?.flatMap(({ queryWorkflow }) => queryWorkflow ?? []) ?? [];
    if (queries.length > 0) return this.isAnswerable(queries.some(({ queryId }) => queryId === legacyQueryId));
    const length = historyLength ?? 0;
    const bytes = Number(historySizeBytes ?? 0); // at the start of the task; 0 from a server before 1.20
    const goesBeyond = bytes > 0 && bytes === this.bytes && length > this.length;
    this.isAmbiguous = isReplaying !== true && this.isReplaying;
    Object.assign(this, { length, bytes, isReplaying: isReplaying === true });
    return !goesBeyond;
  }

  /** What comes after an answer is another task's. */
  private isAnswerable(isAlone: boolean): boolean {
    if (isAlone && this.isAmbiguous) return false;
    Object.assign(this, { isReplaying: false, isUnsure: false });
    return true;
  }
}
