import { BerthError, isDiskFullMessage } from '../../errors.js';
import { getFileSize, readTail } from '../../processes/log-file.js';
import type { BootDocument } from './boot-document.js';
import { parseCrashDump } from './crash-dump.js';
import { findSoftwareFrame } from './find-software-frame.js';
import { findStuckImport, watchdogPattern } from './find-stuck-import.js';
import type { HostMessage } from './host-message.js';

/** What a host was at when it was last heard of. */
export type StartPhase = 'starting' | 'importing' | 'building';

/** How a host ended that had no last word. `stuck`: it was ended from outside. */
interface UnreportedExit {
  state: 'exited' | 'stuck';
  how: string;
  phase: StartPhase;
}

type FinalMessage = Extract<HostMessage, { state: 'busy' | 'ready' | 'failed' }>;

/** How a start ended: in the host's words or without any. */
export type StartReport = FinalMessage | UnreportedExit;

interface StartContext {
  document: BootDocument;
  logFile: string;
  /** Where the start's own lines begin. */
  logStart: number;
}

/** Lines of the log that are looked at, and those that an error shows. */
const [read, maxShownLines] = [120, 30];

/** The error for a start that failed: IMPORT_FAILED, START_FAILED or DISK_FULL. */
export async function explainStartFailure(
  report: Exclude<StartReport, { state: 'ready' | 'busy' }>,
  { document, logFile, logStart }: StartContext,
): Promise<BerthError> {
  const facts = { name: document.deployment, log: logFile };
  if (report.state !== 'failed') {
    const log = (await getFileSize(logFile)) > logStart ? await readTail(logFile, read) : '';
    const { code, message, evidence } = explainUnreportedExit(report, document, log);
    return new BerthError(code, message, { ...facts, evidence });
  }
  const { code, message, traceback = '', candidates } = report.error;
  const isImport = code === 'IMPORT_FAILED';
  const defaultCode = isImport ? 'IMPORT_FAILED' : 'START_FAILED';
  const what = isImport ? `importing ${document.interface.module} failed` : 'the start failed';
  return new BerthError(isDiskFullMessage(message) ? 'DISK_FULL' : defaultCode, `${what}: ${message}`, {
    ...facts,
    ...(traceback !== '' && { evidence: traceback }),
    // The names that the imported module has, where the one of the interface is not among them.
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
    const message = `the start failed: setup of ${module}:${callable} took longer than ${setupTimeout / 60} min${place === undefined ? '' : ` and is at ${place}`}, in code that lets nothing else run`;
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
