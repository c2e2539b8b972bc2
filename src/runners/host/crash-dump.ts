import { hostsDirectory } from '../../home/package-root.js';
import { findSoftwareFrame } from './find-software-frame.js';

export interface CrashDump {
  /** Innermost line of the software: `app.py:3`. */
  place: string | undefined;
  /** The log without threads and frames that do not belong to the software. */
  log: string;
}

/** First line of faulthandler's output. The crashed thread comes first, and the innermost frame of each thread. */
const crashHeader = /^Fatal Python error: .*$/m;
const threadHead = /^(Current thread|Thread) 0x[0-9a-f]+.*\(most recent call first\):$/;

/** Parses the output of Python's faulthandler in a log; undefined if there is none. */
export function parseCrashDump(log: string, directory: string): CrashDump | undefined {
  const header = crashHeader.exec(log);
  if (header === null) return undefined;
  const [before, dump] = [log.slice(0, header.index), log.slice(header.index)];
  const blocks = splitThreads(dump).filter((block) => !isUnrelatedThread(block, directory));
  const current = blocks.find((block) => block.startsWith('Current thread'));
  return {
    place: current === undefined ? undefined : findSoftwareFrame(current, directory),
    log: before + blocks.map(dropHostFrames).join('').replaceAll(`File "${directory}/`, 'File "'),
  };
}

/** Splits a dump into one part per thread, and parts for the text between them. */
function splitThreads(dump: string): string[] {
  const parts: string[] = [''];
  let isInThread = false;
  for (const line of dump.split('\n')) {
    const begins = threadHead.test(line);
    if (begins || (isInThread && !line.startsWith('  '))) parts.push('');
    isInThread = begins || (isInThread && line.startsWith('  '));
    parts.push(`${parts.pop()}${line}\n`);
  }
  return parts;
}

/** Checks for a thread in which no code of the software runs, such as those of the host process. */
const isUnrelatedThread = (block: string, directory: string): boolean =>
  block.startsWith('Thread 0x') && findSoftwareFrame(block, directory) === undefined;

/** Drops the frames of the host process and of Python's import system. */
const dropHostFrames = (block: string): string =>
  block
    .split('\n')
    .filter((line) => !(line.startsWith(`  File "${hostsDirectory}/`) || /^ {2}File "<frozen /.test(line)))
    .join('\n');
