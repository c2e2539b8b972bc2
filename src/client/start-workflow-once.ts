import {
  type WorkflowClient,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowStartOptions,
} from '@temporalio/client';

/** `request` names the request, whatever tries it takes. */
export type StartOptions = WorkflowStartOptions & { memo: { request: string } };

/** Starts a workflow. What was started by an earlier try of the same request, whose answer was lost, is what was asked for. */
export async function startWorkflowOnce(workflow: WorkflowClient, type: string, options: StartOptions): Promise<void> {
  try {
    await workflow.start(type, options);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const { memo } = await workflow.getHandle(options.workflowId).describe();
    if (memo?.request !== options.memo.request) throw error;
  }
}
