import { workflowInfo } from '@temporalio/workflow';
import type { Life } from './life.js';

/** True when the history has grown enough for a new run to take over. */
export function isHistoryLong(life: Life): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > life.historyLimit;
}
