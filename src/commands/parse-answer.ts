import type { Answer } from '../contract/answer.js';
import { readExactJson, readJson } from '../json/read-json.js';
import { writeJson } from '../json/write-json.js';
import { parseAnswerError } from '../runners/answer-text.js';

/** An answer as a command writes it, and, of one that is an error, what it says. */
export interface ParsedAnswer {
  text: string;
  failure: (Answer & { status: 'error' }) | undefined;
}

/** A success is written as it came; an error is small, and is written in one form whoever wrote it. */
export function parseAnswer(text: string): ParsedAnswer {
  if (parseAnswerError(text) === undefined) return { text, failure: undefined };
  return { text: writeJson(readExactJson(text)), failure: readJson(text) as ParsedAnswer['failure'] }; // has an error's code
}
