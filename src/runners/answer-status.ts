import type { Answer } from '../contract/answer.js';
import { readJson } from '../json/read-json.js';

/** The error's code of an answer's text; undefined for a success. Most answers show it at once and are not parsed. */
export function errorCodeOf(answer: string): string | undefined {
  if (answer.startsWith('{"status":"success"')) return undefined;
  const read = readJson(answer) as Answer; // of a runner
  return read.status === 'error' ? read.error.code : undefined;
}

const chunkHead = '{"status":"chunk","output":';

/** A part of a stream, of its output's text. */
export const writeChunk = (output: string): string => `${chunkHead}${output}}`;

export const isChunk = (part: string): boolean => part.startsWith(chunkHead);

/** The output's text of a part that is a chunk. */
export const outputOf = (chunk: string): string => chunk.slice(chunkHead.length, -1);
