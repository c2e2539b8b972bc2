import type { Answer, AnswerError } from '../contract/answer.js';
import { readJson } from '../json/read-json.js';

/** Returns the error of an answer's JSON text; undefined for a success, which is usually recognized without parsing. */
export function parseAnswerError(answer: string): AnswerError | undefined {
  if (answer.startsWith('{"status":"success"')) return undefined;
  return getAnswerError(readJson(answer) as Answer); // runners return valid answers
}

/** Returns the error of an answer; undefined for a success. */
export const getAnswerError = (answer: Answer): AnswerError | undefined =>
  answer.status === 'error' ? answer.error : undefined;

const chunkPrefix = '{"status":"chunk","output":';

/** Encodes the JSON text of an output as a chunk. */
export const encodeChunk = (output: string): string => `${chunkPrefix}${output}}`;

export const isChunk = (part: string): boolean => part.startsWith(chunkPrefix);

/** Returns the JSON text of a chunk's output. */
export const readChunkOutput = (chunk: string): string => chunk.slice(chunkPrefix.length, -1);
