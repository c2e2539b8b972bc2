import type { Answer } from '../contract/answer.js';
import { InvalidInputsError } from '../json/invalid-inputs-error.js';
import { createErrorAnswer } from './call-deadline.js';

/** Answers CALL_INPUT for inputs that cannot be sent. Throws any other error. */
export function answerInvalidInputs(error: unknown): Answer {
  if (error instanceof InvalidInputsError) return createErrorAnswer('CALL_INPUT', error.message);
  throw error;
}
