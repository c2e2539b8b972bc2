import type { Answer } from '../contract/answer.js';

export const notStartedMessage = 'the software was neither started nor attached to';

/** The answer of a runner that was neither started nor attached. */
export const notStarted: Answer = { status: 'error', error: { code: 'NOT_RUNNING', message: notStartedMessage } };
