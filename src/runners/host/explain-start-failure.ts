import { BerthError, isDiskFullMessage } from '../../errors.js';
import { getFileSize, readTail } from '../../processes/log-file.js';
import type { BootDocument } from './boot-document.js';
import { parseCrashDump } from './crash-dump.js';
import { findSoftwareFrame } from './find-software-frame.js';
import { findStuckImport, watchdogPattern } from './find-stuck-import.js';
import type { HostMessage } from './host-message.js';

/** Last phase that a host process reported. */
export type StartPhase = 'starting' | 'importing' | 'building';

/** Exit of a host process without a report. `stuck`: Berth ended it. */
interface UnreportedExit {
  state: 'exited' | 'stuck';
  /** Description of the exit: `exited with code 3`. */
  how: string;
  phase: StartPhase;
}

type FinalMessage = Extract<HostMessage, { state: 'busy' | 'ready' | 'failed' }>;

/** Result of a start: the report of the host process, or its exit without one. */
export type StartReport = FinalMessage | UnreportedExit;

interface StartContext {
  document: BootDocument;
  logFile: string;
  /** Offset in bytes at which the lines of this start begin. */
  logStart: number;
}

/** Lines of the log to read. */
const maxReadLines = 120;
/** Lines of the log to show in an error. */
const maxShownLines = 30;

/** Returns the error for a failed start: IMPORT_FAILED, START_FAILED or DISK_FULL. Its message is one line. */
export async function explainStartFailure(
  report: Exclude<StartReport, { state: 'ready' | 'busy' }>,
  { document, logFile, logStart }: StartContext,
): Promise<BerthError> {
  const facts = { name: document.deployment, log: logFile };
  if (report.state !== 'failed') {
    const log = (await getFileSize(logFile)) > logStart ? await readTail(logFile, maxReadLines) : '';
    const { code, message, evidence } = explainUnreportedExit(report, document, log);
    return new BerthError(code, message, { ...facts, evidence });
  }
  const { code, message, traceback = '', candidates } = report.error;
  const isImport = code === 'IMPORT_FAILED';
  const defaultCode = isImport ? 'IMPORT_FAILED' : 'START_FAILED';
  const summary = isImport ? `importing ${document.interface.module} failed` : 'the start failed';
  const [firstLine = '', ...otherLines] = message.trim().split('\n');
  const evidence = traceback === '' && otherLines.length > 0 ? message : traceback;
  return new BerthError(isDiskFullMessage(message) ? 'DISK_FULL' : defaultCode, `${summary}: ${firstLine}`, {
    ...facts,
    ...(evidence !== '' && { evidence }),
    // Names that the imported module defines; the callable's name is not among them.
    ...(code === 'ENTRY_NOT_FOUND' && { candidates: candidates ?? [] }),
  });
}

function explainUnreportedExit({ state, how, phase }: UnreportedExit, document: BootDocument, log: string) {
  const { directory, setupTimeout } = document;
  const { module, callable } = document.interface;
  const evidence = lastLines(log);
  const isStuck = state === 'stuck';
  if (phase === 'building' && (isStuck || watchdogPattern.test(log))) {
    const place = findSoftwareFrame(log, directory);
    const message = `the start failed: setup of ${module}:${callable} took longer than ${setupTimeout / 60} min${place === undefined ? '' : ` and is at ${place}`}, in code that blocks all other threads`;
    return { code: 'START_FAILED', message, evidence } as const;
  }
  const stuck = phase === 'building' ? undefined : findStuckImport(evidence, document, isStuck);
  if (stuck !== undefined) {
    const message = `importing ${module} failed: ${stuck.message}`;
    return { code: 'IMPORT_FAILED', message, evidence: stuck.evidence } as const;
  }
  const during = {
    starting: '',
    importing: ` while importing ${module}`,
    building: ` in setup of ${module}:${callable}`,
  };
  const crash = parseCrashDump(log, directory);
  const place = crash?.place === undefined ? '' : `, at ${crash.place}`;
  const message = `the process ${how}${during[phase]}${place} before it could be called`;
  const code = isDiskFullMessage(evidence) ? 'DISK_FULL' : 'START_FAILED';
  return { code, message, evidence: crash === undefined ? evidence : lastLines(crash.log) } as const;
}

const lastLines = (log: string): string => log.trimEnd().split('\n').slice(-maxShownLines).join('\n');
