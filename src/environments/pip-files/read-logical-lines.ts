import { TimeSlicer } from '../../parsing/time-slicing.js';
import type { SourceLine } from './source-line.js';

/** Characters of one logical line: the hashes of a package with a thousand files fit. */
export const maxLineLength = 256 * 1024;

/** Lines between two looks at the clock. */
const linesPerTurn = 500;

/**
 * The lines of a requirement file as pip reads them: a line that ends with a backslash goes on in the next one, comments
 * and empty lines are gone. Takes time in proportion to the text, and takes it in turns. A continued line that
 * becomes too long is handed out as far as it was read.
 */
export async function* readLogicalLines(file: string, text: string): AsyncGenerator<SourceLine> {
  const turns = new TimeSlicer();
  let begun: SourceLine | undefined;
  let line = 0;
  for (const written of readPhysicalLines(text)) {
    if (++line % linesPerTurn === 0) await turns.yieldIfDue();
    if (written === '' && begun === undefined) continue;
    const isContinued = written.endsWith('\\') && !written.trimStart().startsWith('#');
    const part = isContinued ? written.slice(0, -1) : written;
    if (begun === undefined) begun = { text: part, file, line };
    else begun.text += part;
    if (isContinued && begun.text.length <= maxLineLength) continue;
    const whole = isContinued ? begun : stripComment(begun);
    if (whole !== undefined) yield whole;
    begun = undefined;
  }
  const last = begun && stripComment(begun);
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
 * The line up to its comment; undefined where nothing is left. A `#` begins a comment at the start of a line or after white
 * space: at other places it is part of a URL.
 */
function stripComment(line: SourceLine): SourceLine | undefined {
  const { text } = line;
  let hash = text.indexOf('#');
  while (hash > 0 && !/\s/.test(text.charAt(hash - 1))) hash = text.indexOf('#', hash + 1);
  const kept = (hash === -1 ? text : text.slice(0, hash)).trim();
  return kept === '' ? undefined : { ...line, text: kept };
}
