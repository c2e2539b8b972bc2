import type { Answer } from '../contract/answer.js';
import { readDigits, readJson } from '../json/read-json.js';
import { writeJson } from '../json/write-json.js';
import { errorOfText } from '../runners/answer-status.js';

/** An answer as a command writes it, and, of one that is an error, what it says. */
export interface ReadAnswer {
  text: string;
  failure: (Answer & { status: 'error' }) | undefined;
}

/** A success is written as it came; an error is small, and is written in one form whoever wrote it. */
export function readAnswer(text: string): ReadAnswer {
  if (errorOfText(text) === undefined) return { text, failure: undefined };
  return { text: writeJson(readDigits(text)), failure: readJson(text) as ReadAnswer['failure'] }; // has an error's code
}
