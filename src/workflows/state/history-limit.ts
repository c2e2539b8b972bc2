import { workflowInfo } from '@temporalio/workflow';
import { takesOverAtOnce } from '../patches.js';
import type { WorkflowState } from './state.js';

/** True when the history has grown enough for a new run to take over. */
export function isHistoryLimitReached(workflow: WorkflowState): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > workflow.historyLimit;
}

/** A change that is on its way is made to its end, or until it waits, by the run that began it. */
export const canContinueAsNew = (workflow: WorkflowState): boolean =>
  isHistoryLimitReached(workflow) &&
  workflow.next === null &&
  (workflow.current === null || workflow.info.change?.state === 'waiting');

/** A new run is to take over, as soon as nothing is in the middle of anything. */
export const isContinueAsNewDue = (workflow: WorkflowState): boolean => canContinueAsNew(workflow) && takesOverAtOnce();

/** As runs did that began earlier: supervision and changes each end at the next time that suits them. */
export const endsIndependently = (workflow: WorkflowState): boolean => canContinueAsNew(workflow) && !takesOverAtOnce();
