import type { WorkflowInterceptors, WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { staleQueryMessage } from './messages.js';

/** Id that Core gives a query that comes without a workflow task. */
const legacyQueryId = 'legacy_query';

/**
 * Refuses queries that would make the workflow process part of a workflow task.
 *
 * A query that waited for a worker comes with the newest history, which may reach beyond the last completed workflow task.
 * The SDK processes those events too, and keeps the resulting commands for the next task, which brings the rest. A replay
 * has all events in one task and may order the commands differently. After the refusal, the SDK drops the run from its
 * cache and replays it (docs/decisions/2026-11-29-queries-wait-for-workflow-tasks.md).
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

/** Progress of this worker in one run. */
class TaskProgress {
  private length = 0;
  private bytes = 0;
  private isReplaying = false;
  /** True right after a replay: the new events may belong to a workflow task, or to a query that follows. */
  private isAmbiguous = false;

  isCompleteTask({ historyLength, historySizeBytes, isReplaying, jobs }: Activation): boolean {
    const queries = jobs?.flatMap(({ queryWorkflow }) => queryWorkflow ?? []) ?? [];
    if (queries.length > 0) return this.isAnswerable(queries.some(({ queryId }) => queryId === legacyQueryId));
    const length = historyLength ?? 0;
    const bytes = Number(historySizeBytes ?? 0); // at the start of the task; 0 from a server before 1.20
    const hasPartialTask = bytes > 0 && bytes === this.bytes && length > this.length;
    this.isAmbiguous = isReplaying !== true && this.isReplaying;
    this.length = length;
    this.bytes = bytes;
    this.isReplaying = isReplaying === true;
    return !hasPartialTask;
  }

  private isAnswerable(isAlone: boolean): boolean {
    if (isAlone && this.isAmbiguous) return false;
    this.isReplaying = false;
    this.isAmbiguous = false;
    return true;
  }
}
