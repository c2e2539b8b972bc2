import { patched, sleep, type WorkflowInterceptors } from '@temporalio/workflow';

/** Name of the patch in its marker in a history. */
export const patchId = 'later-build';

/** Changes the order of commands like a later build: behind a patch, a timer precedes each step. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      scheduleActivity: (input, next) => (patched(patchId) ? sleep(1).then(() => next(input)) : next(input)),
    },
  ],
});
