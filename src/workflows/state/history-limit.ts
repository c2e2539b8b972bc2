import { workflowInfo } from '@temporalio/workflow';
import { isChangeWaiting, type WorkflowState } from './state.js';

/** True when the history is long enough for a new run to take over. */
export function isHistoryLimitReached(workflow: WorkflowState): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > workflow.historyLimit;
}

/** True when a new run may take over: the run that began a change also finishes it, or leaves it waiting. */
export const canContinueAsNew = (workflow: WorkflowState): boolean =>
  isHistoryLimitReached(workflow) && workflow.next === null && (workflow.current === null || isChangeWaiting(workflow));
