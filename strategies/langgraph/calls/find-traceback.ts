import { stripVTControlCharacters } from 'node:util';
import type { RunPlan } from '../../../src/contract/handle.js';
import { readTail } from '../../../src/processes/log-file.js';

export interface LoggedFailure {
  traceback: string;
  /** The exception's own message: the server's reply hides it for many types. */
  message: string | null;
}

/** Lines at the end of the log to search for the traceback of a run that has just failed. */
const searchedLines = 2_000;
const maxTracebackLength = 20_000;
/** Start of each of the server's own lines. */
const serverLine = /^\d{4}-\d\d-\d\dT[\d:.]+Z \[/;
const frame = /^ {2}File "([^"]+)"/;

/**
 * Finds the traceback that the server logged of a failed run, from the first frame in the revision on; undefined when
 * it logged none.
 */
export async function findTraceback(
  { logFile, directory }: Pick<RunPlan, 'logFile' | 'directory'>,
  { run, type }: { run: string; type: string },
): Promise<LoggedFailure | undefined> {
  const lines = stripVTControlCharacters(await readTail(logFile, searchedLines)).split('\n');
  const head = lines.findLastIndex(
    (line) => serverLine.test(line) && line.includes(`run_id=${run}`) && line.includes('[error'),
  );
  const first = lines.findIndex((line, index) => index > head && line.startsWith('Traceback (most recent call last):'));
  if (head === -1 || first === -1 || lines.slice(head + 1, first).some((line) => serverLine.test(line)))
    return undefined;
  const next = lines.findIndex((line, index) => index > first && serverLine.test(line));
  const text = lines.slice(first, next === -1 ? lines.length : next).filter((line) => line !== '');
  const traceback = dropServerFrames(text, directory).map((line) => showRelative(line, directory));
  return { traceback: traceback.join('\n').slice(-maxTracebackLength), message: findMessage(text, type) };
}

/** Drops frames of the server and its libraries above the user's code, which do not help the user. */
function dropServerFrames([title = '', ...rest]: string[], directory: string): string[] {
  const own = rest.findIndex((line) => frame.exec(line)?.[1]?.startsWith(`${directory}/`));
  return own === -1 ? [title, ...rest] : [title, ...rest.slice(own)];
}

/** Makes paths relative to the repository. A graph's module is named after its full path. */
const showRelative = (line: string, directory: string): string =>
  line.replace(`"${directory}/`, '"').replace(/^__\S*__(\w+\.\w+)(?=:|$)/, '$1');

/**
 * Returns the message of an exception: `no good` for `ValueError: no good`, nothing for `ValueError`. The name of a
 * type that the revision defines begins with its module.
 */
function findMessage(lines: string[], type: string): string | null {
  const last = lines.findLast((line) => !line.startsWith(' ') && line.split(': ')[0]?.split('.').at(-1) === type);
  if (last === undefined) return null;
  return last.includes(': ') ? last.slice(last.indexOf(': ') + 2) : '';
}
