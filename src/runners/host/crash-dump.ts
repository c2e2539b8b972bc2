import { hostsDirectory } from '../../home/package-root.js';
import { findSoftwareFrame } from './find-software-frame.js';

export interface CrashDump {
  /** The innermost line of the software's own, `app.py:3`. */
  place: string | undefined;
  /** The log without the threads and frames that are not the software's doing. */
  log: string;
}

/** As Python's faulthandler begins; the thread that crashed follows first, each with its innermost frame first. */
const crashHeader = /^Fatal Python error: .*$/m;
const threadHead = /^(Current thread|Thread) 0x[0-9a-f]+.*\(most recent call first\):$/;

/** Reads what Python wrote when a signal ended it. Undefined where it wrote nothing of the kind. */
export function parseCrashDump(log: string, directory: string): CrashDump | undefined {
  const found = crashHeader.exec(log);
  if (found === null) return undefined;
  const [before, dump] = [log.slice(0, found.index), log.slice(found.index)];
  const blocks = splitThreads(dump).filter((block) => !isUnrelatedThread(block, directory));
  const current = blocks.find((block) => block.startsWith('Current thread'));
  return {
    place: current === undefined ? undefined : findSoftwareFrame(current, directory),
    log: before + blocks.map(dropHostFrames).join('').replaceAll(`File "${directory}/`, 'File "'),
  };
}

/** Each thread's part; what stands around them is a part of its own. */
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

/** Threads that the host started, and any other in which nothing of the software's runs. */
const isUnrelatedThread = (block: string, directory: string): boolean =>
  block.startsWith('Thread 0x') && findSoftwareFrame(block, directory) === undefined;

/** Frames of the host and of Python's import system, which led to the software's. */
const dropHostFrames = (block: string): string =>
  block
    .split('\n')
    .filter((line) => !(line.startsWith(`  File "${hostsDirectory}/`) || /^ {2}File "<frozen /.test(line)))
    .join('\n');
