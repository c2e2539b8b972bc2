import {
  type WorkflowClient,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowStartOptions,
} from '@temporalio/client';

/** Options with an ID of the request that all attempts share. */
export type StartOptions = WorkflowStartOptions & { memo: { request: string } };

/** Starts a workflow; accepts one that an earlier attempt of the same request started. */
export async function startWorkflowOnce(workflow: WorkflowClient, type: string, options: StartOptions): Promise<void> {
  try {
    await workflow.start(type, options);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const { memo } = await workflow.getHandle(options.workflowId).describe();
    if (memo?.request !== options.memo.request) throw error;
  }
}
