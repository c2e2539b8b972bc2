import { TimeSlicer } from '../../parsing/time-slicing.js';
import type { SourceLine } from './source-line.js';

/** Characters of one logical line; fits the hashes of a package with a thousand files. */
export const maxLineLength = 256 * 1024;

/** Lines between two checks of the clock. */
const linesPerTurn = 500;

/**
 * Yields the logical lines of a requirement file as pip reads them: joins lines after a backslash, drops comments and
 * empty lines. Runs in linear time and yields to the event loop. Yields a continued line early when it becomes too long.
 */
export async function* readLogicalLines(file: string, text: string): AsyncGenerator<SourceLine> {
  const turns = new TimeSlicer();
  let current: SourceLine | undefined;
  let line = 0;
  for (const written of readPhysicalLines(text)) {
    if (++line % linesPerTurn === 0) await turns.yieldIfDue();
    if (written === '' && current === undefined) continue;
    const isContinued = written.endsWith('\\') && !written.trimStart().startsWith('#');
    const part = isContinued ? written.slice(0, -1) : written;
    if (current === undefined) current = { text: part, file, line };
    else current.text += part;
    if (isContinued && current.text.length <= maxLineLength) continue;
    const logicalLine = isContinued ? current : stripComment(current);
    if (logicalLine !== undefined) yield logicalLine;
    current = undefined;
  }
  const last = current && stripComment(current);
  if (last !== undefined) yield last;
}

/** Yields the lines of a text, with or without a carriage return at their end. */
export function* readPhysicalLines(text: string): Generator<string> {
  let start = 0;
  while (start <= text.length) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end === -1 ? undefined : end);
    yield line.endsWith('\r') ? line.slice(0, -1) : line;
    if (end === -1) return;
    start = end + 1;
  }
}

/**
 * Removes the comment of a line; returns undefined when nothing is left. A `#` starts a comment only at the start of a
 * line or after white space; otherwise it is part of a URL.
 */
function stripComment(line: SourceLine): SourceLine | undefined {
  const { text } = line;
  let hash = text.indexOf('#');
  while (hash > 0 && !/\s/.test(text.charAt(hash - 1))) hash = text.indexOf('#', hash + 1);
  const content = (hash === -1 ? text : text.slice(0, hash)).trim();
  return content === '' ? undefined : { ...line, text: content };
}
