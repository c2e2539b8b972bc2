import { stripVTControlCharacters } from 'node:util';
import type { RunPlan } from '../../../src/contract/handle.js';
import { readTail } from '../../../src/processes/log-file.js';

export interface LoggedFailure {
  traceback: string;
  /** The exception's own words: the server's answer hides those of many types. */
  message: string | null;
}

/** Lines from the log's end in which the traceback of a run that has just failed is looked for. */
const searchedLines = 2_000;
const maxTracebackLength = 20_000;
/** How every line of the server's own begins. */
const serverLine = /^\d{4}-\d\d-\d\dT[\d:.]+Z \[/;
const frame = /^ {2}File "([^"]+)"/;

/** What the server logged of a run that failed, from the first frame in the revision on; undefined when it did not. */
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

/** Frames of the server and its libraries above the user's code tell the user nothing. */
function dropServerFrames([title = '', ...rest]: string[], directory: string): string[] {
  const own = rest.findIndex((line) => frame.exec(line)?.[1]?.startsWith(`${directory}/`));
  return own === -1 ? [title, ...rest] : [title, ...rest.slice(own)];
}

/** Files as the repository knows them; a graph's module is named after its whole path. */
const showRelative = (line: string, directory: string): string =>
  line.replace(`"${directory}/`, '"').replace(/^__\S*__(\w+\.\w+)(?=:|$)/, '$1');

/** `no good` of `ValueError: no good`, nothing of `ValueError`; a type of the revision's own has its module before it, however that is called. */
function findMessage(lines: string[], type: string): string | null {
  const last = lines.findLast((line) => !line.startsWith(' ') && line.split(': ')[0]?.split('.').at(-1) === type);
  if (last === undefined) return null;
  return last.includes(': ') ? last.slice(last.indexOf(': ') + 2) : '';
}
