import { workflowInfo } from '@temporalio/workflow';
import type { Life } from './life.js';
import { takesOverAtOnce } from './patches.js';

/** True when the history has grown enough for a new run to take over. */
export function isHistoryLong(life: Life): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > life.historyLimit;
}

/** A change that is on its way is made to its end, or until it waits, by the run that began it. */
export const isTimeForNewRun = (life: Life): boolean =>
  isHistoryLong(life) && life.next === null && (life.current === null || life.info.change?.state === 'waiting');

/** A new run is to take over, as soon as nothing is in the middle of anything. */
export const isNewRunDue = (life: Life): boolean => isTimeForNewRun(life) && takesOverAtOnce();

/** As runs did that began earlier: supervision and changes each end at the next time that suits them. */
export const endsByItself = (life: Life): boolean => isTimeForNewRun(life) && !takesOverAtOnce();
