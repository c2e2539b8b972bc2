import type { Answer } from '../contract/answer.js';

/** Of a call that software had taken, and that ended before any of the call's code ran: its successor may be asked. */
export const createUnstartedAnswer = (message: string): Answer => ({
  status: 'error',
  error: { code: 'NOT_RUNNING', message, neverBegan: true },
});

export const isUnstarted = (error: object | undefined): boolean =>
  error !== undefined && 'neverBegan' in error && error.neverBegan === true;
