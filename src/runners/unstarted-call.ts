import type { Answer } from '../contract/answer.js';

/** Creates the answer to a call that was accepted but not begun before the software ended. The call may be retried. */
export const createUnstartedAnswer = (message: string): Answer => ({
  status: 'error',
  error: { code: 'NOT_RUNNING', message, neverBegan: true },
});

export const isUnstarted = (error: object | undefined): boolean =>
  error !== undefined && 'neverBegan' in error && error.neverBegan === true;
