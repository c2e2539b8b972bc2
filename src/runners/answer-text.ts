import type { Answer, AnswerError } from '../contract/answer.js';
import { readJson } from '../json/read-json.js';

/** The error of an answer's text; undefined for a success. Most answers show it at once and are not parsed. */
export function parseAnswerError(answer: string): AnswerError | undefined {
  if (answer.startsWith('{"status":"success"')) return undefined;
  return getAnswerError(readJson(answer) as Answer); // of a runner
}

/** Undefined for a success. */
export const getAnswerError = (answer: Answer): AnswerError | undefined =>
  answer.status === 'error' ? answer.error : undefined;

const chunkPrefix = '{"status":"chunk","output":';

/** A part of a stream, of its output's text. */
export const encodeChunk = (output: string): string => `${chunkPrefix}${output}}`;

export const isChunk = (part: string): boolean => part.startsWith(chunkPrefix);

/** The output's text of a part that is a chunk. */
export const readChunkOutput = (chunk: string): string => chunk.slice(chunkPrefix.length, -1);
