import type { Answer } from '../contract/answer.js';
import { InvalidInputsError } from '../json/invalid-inputs-error.js';
import { createErrorAnswer } from './call-deadline.js';

/** CALL_INPUT for inputs that cannot be handed over. Anything else is thrown on. */
export function answerInvalidInputs(error: unknown): Answer {
  if (error instanceof InvalidInputsError) return createErrorAnswer('CALL_INPUT', error.message);
  throw error;
}
