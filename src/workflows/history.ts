import { workflowInfo } from '@temporalio/workflow';
import type { Life } from './life.js';

/** True when the history has grown enough for a new run to take over. */
export function isHistoryLong(life: Life): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > life.historyLimit;
}

/** A change that is on its way is made to its end, or until it waits, by the run that began it. */
export const isTimeForNewRun = (life: Life): boolean =>
  isHistoryLong(life) && life.next === null && (life.current === null || life.info.change?.state === 'waiting');
