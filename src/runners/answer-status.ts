import type { Answer, AnswerError } from '../contract/answer.js';
import { readJson } from '../json/read-json.js';

/** The error of an answer's text; undefined for a success. Most answers show it at once and are not parsed. */
export function errorOfText(answer: string): AnswerError | undefined {
  if (answer.startsWith('{"status":"success"')) return undefined;
  return errorOf(readJson(answer) as Answer); // of a runner
}

/** Undefined for a success. */
export const errorOf = (answer: Answer): AnswerError | undefined =>
  answer.status === 'error' ? answer.error : undefined;

const chunkHead = '{"status":"chunk","output":';

/** A part of a stream, of its output's text. */
export const writeChunk = (output: string): string => `${chunkHead}${output}}`;

export const isChunk = (part: string): boolean => part.startsWith(chunkHead);

/** The output's text of a part that is a chunk. */
export const outputOf = (chunk: string): string => chunk.slice(chunkHead.length, -1);
