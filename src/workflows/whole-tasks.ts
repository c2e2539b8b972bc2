import type { WorkflowInterceptors } from '@temporalio/workflow';
import { betweenTasks } from './messages.js';

/**
 * A workflow takes in what happened only as a whole workflow task.
 *
 * A query that has waited for a worker comes with the history as it is by then, which may go on beyond the last workflow
 * task. The SDK takes that in, too, and keeps what the workflow does on it for the next task, which brings the rest: an
 * order that a replay, which has all of it in one task, does not repeat. Such a query is refused before anything is taken
 * in (docs/decisions/2026-11-29-whole-workflow-tasks.md).
 */
export function interceptors(): WorkflowInterceptors {
  let known = { length: 0, bytes: 0 };
  return {
    internals: [
      {
        activate(input, next) {
          const { historyLength, historySizeBytes, jobs } = input.activation;
          // The length is that of all events so far, the size that at the start of the task; 0 from a server before 1.20.
          const current = { length: historyLength ?? 0, bytes: Number(historySizeBytes ?? 0) };
          const isSameTask = current.bytes > 0 && current.bytes === known.bytes;
          if (isSameTask && current.length > known.length && !jobs?.some(({ queryWorkflow }) => queryWorkflow))
            throw new Error(betweenTasks);
          known = current;
          next(input);
        },
      },
    ],
  };
}
