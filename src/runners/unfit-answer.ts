import type { Answer } from '../contract/answer.js';
import { UnfitInputs } from '../json/unfit-inputs.js';
import { callFailure } from './call-deadline.js';

/** CALL_INPUT for inputs that cannot be handed over. Anything else is thrown on. */
export function answerUnfit(error: unknown): Answer {
  if (error instanceof UnfitInputs) return callFailure('CALL_INPUT', error.message);
  throw error;
}
