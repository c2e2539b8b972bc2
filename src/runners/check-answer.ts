import type { Answer } from '../contract/answer.js';
import { createErrorAnswer } from './call-deadline.js';

/** Characters of a reply that is no answer that are shown. */
const maxShownCharacters = 200;

const successPrefix = '{"status":"success","output":';

/** An answer's text, or the text of one that refuses it. Nearly all show at once what they are, and are not parsed. */
export function checkAnswerText(text: string): string {
  if (text.startsWith(successPrefix)) return text;
  const found = tryParse(text);
  return isAnswer(found) ? text : JSON.stringify(createInvalidAnswer(text));
}

/** The same of an answer that has been read. */
export const checkAnswer = (found: unknown): Answer =>
  isAnswer(found) ? found : createInvalidAnswer(JSON.stringify(found));

/** As much of it as Berth itself goes by: the user's code may add keys of its own. */
function isAnswer(found: unknown): found is Answer {
  if (typeof found !== 'object' || found === null) return false;
  const { status, error } = found as { status?: unknown; error?: { code?: unknown; message?: unknown } | null };
  if (status === 'success') return 'output' in found;
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
    `the software's host replied with something that is no answer: ${text.slice(0, maxShownCharacters)}`,
  );
