import type { Answer } from '../contract/answer.js';
import { readExactJson, readJson } from '../json/read-json.js';
import { writeJson } from '../json/write-json.js';
import { parseAnswerError } from '../runners/answer-text.js';

/** An answer as a command prints it, and its error if it has one. */
export interface ParsedAnswer {
  text: string;
  failure: (Answer & { status: 'error' }) | undefined;
}

/** Parses an answer: a success is printed unchanged, an error is reformatted. */
export function parseAnswer(text: string): ParsedAnswer {
  if (parseAnswerError(text) === undefined) return { text, failure: undefined };
  return { text: writeJson(readExactJson(text)), failure: readJson(text) as ParsedAnswer['failure'] }; // has an error's code
}
