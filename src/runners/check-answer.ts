import type { Answer } from '../contract/answer.js';
import { createErrorAnswer } from './call-deadline.js';

/** Characters of an invalid answer to show. */
const maxShownCharacters = 200;

const successPrefix = '{"status":"success","output":';

/** Returns the JSON text of an answer, or of a CALL_OUTPUT error if it is invalid. Most successes are not parsed. */
export function checkAnswerText(text: string): string {
  if (text.startsWith(successPrefix)) return text;
  return isAnswer(tryParse(text)) ? text : JSON.stringify(createInvalidAnswer(text));
}

/** Returns a parsed answer, or a CALL_OUTPUT error if it is invalid. */
export const checkAnswer = (value: unknown): Answer =>
  isAnswer(value) ? value : createInvalidAnswer(JSON.stringify(value));

/** Checks the keys that Berth reads. The user's code may add others. */
function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false;
  const { status, error } = value as { status?: unknown; error?: { code?: unknown; message?: unknown } | null };
  if (status === 'success') return 'output' in value;
  return status === 'error' && typeof error?.code === 'string' && typeof error.message === 'string';
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const createInvalidAnswer = (text: string): Answer =>
  createErrorAnswer(
    'CALL_OUTPUT',
    `the software's host process sent an invalid answer: ${text.slice(0, maxShownCharacters)}`,
  );
