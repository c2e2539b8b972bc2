import { patched, sleep, type WorkflowInterceptors } from '@temporalio/workflow';

/** Name of the patch, as its marker in a history bears it. */
export const patchId = 'later-build';

/** Changes the order of commands as a later build may do it: behind a patch, a timer precedes each step. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      scheduleActivity: (input, next) => (patched(patchId) ? sleep(1).then(() => next(input)) : next(input)),
    },
  ],
});
