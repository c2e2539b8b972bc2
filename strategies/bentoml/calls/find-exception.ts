import type { RunPlan } from '../../../src/contract/handle.js';

/** Exception of the service, from its log: BentoML hides it from callers. */
export interface LoggedException {
  type: string;
  message: string;
  traceback: string;
}

/** Bytes at the end of the log to search at most. */
export const maxSearchBytes = 16 * 2 ** 20;

const heading = 'Traceback (most recent call last):';
/** First line of each of BentoML's messages. Within a call it ends with the trace ID in parentheses. */
const logLine = /^\d{4}-\d\d-\d\dT\S+ \[[A-Z]+\] \[/;
/** Line between the exceptions of a chain. */
const chainLink = /^(During handling of the above exception|The above exception was the direct cause)/;

/**
 * Finds the exception below the first message with this text. Leaves out its first frames that are outside the
 * revision.
 */
export function findException(
  log: string,
  text: string,
  { directory }: Pick<RunPlan, 'directory'>,
): LoggedException | undefined {
  const lines = log.split('\n');
  for (const [index, line] of lines.entries()) {
    if (!line.includes(text)) continue;
    const end = lines.findIndex((later, at) => at > index && logLine.test(later));
    const found = readTraceback(lines.slice(index, end < 0 ? undefined : end), directory);
    if (found !== undefined) return found;
  }
  return undefined;
}

function readTraceback(lines: string[], directory: string): LoggedException | undefined {
  const chain = splitChain(lines);
  // The exception that ended a service may be followed by exceptions of its server.
  const last = chain.findLast((part) => part.some((line) => line.includes(`"${directory}/`))) ?? chain.at(-1);
  const messageStart = last?.findIndex((line, index) => index > 0 && line !== '' && !line.startsWith(' ')) ?? -1;
  if (last === undefined || messageStart < 0) return undefined;
  const [type = '', ...message] = last.slice(messageStart).join('\n').trimEnd().split(': ');
  const shown = chain.slice(0, chain.indexOf(last) + 1).map((part) => dropServerFrames(part, directory));
  const traceback = shown.join('\n\n').replaceAll(`"${directory}/`, '"');
  return { type: type.split('.').at(-1) ?? type, message: message.join(': '), traceback };
}

/** Splits a chain into its exceptions, each from its heading to its message. */
function splitChain(lines: string[]): string[][] {
  const parts: string[][] = [];
  for (const line of lines) {
    const at = line.indexOf(heading);
    if (at >= 0) parts.push([line.slice(at)]);
    else if (chainLink.test(line)) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.filter(([first]) => first === heading);
}

/** Drops the server's own frames, which come first and do not help the user. */
function dropServerFrames(part: string[], directory: string): string {
  const first = part.findIndex((line) => line.includes(`"${directory}/`));
  const relevant = first < 0 ? part : [heading, ...part.slice(first)];
  return relevant.join('\n').trimEnd();
}
