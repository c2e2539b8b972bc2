import type { RunPlan } from '../../contract/handle.js';
import { findSoftwareFrame } from './find-software-frame.js';

type ImportLimits = Pick<RunPlan, 'directory'> & { importTimeout?: number | null | undefined };

export interface StuckImport {
  message: string;
  /** Stack at the time of the timeout. */
  evidence: string;
}

/** Message with which hosts/python/berth_host/server_imports.py ends a server. */
const importFailurePattern = /^berth: import failed: (.*)\n((?: {2}.*\n?)*)/m;

/** Message of Python's watchdog. */
export const watchdogPattern = /^Timeout \(\d+:\d+:\d+(\.\d+)?\)!$/m;

/**
 * Finds in a log why a process ended whose import took too long: its own message, or that of Python's watchdog, which ends
 * code that blocks all other threads. Undefined for any other exit, unless Berth is known to have ended the import.
 */
export function findStuckImport(
  log: string,
  { directory, importTimeout }: ImportLimits,
  isEndedFromOutside = false,
): StuckImport | undefined {
  const [, message, stack = ''] = importFailurePattern.exec(log) ?? [];
  if (message !== undefined) return { message, evidence: stack };
  if (importTimeout == null || !(isEndedFromOutside || watchdogPattern.test(log))) return undefined;
  const frame = findSoftwareFrame(log, directory);
  const place = frame === undefined ? '' : ` and is at ${frame}`;
  const advice = 'If the import only loads something large, give it more time with --import-timeout SECONDS';
  return {
    message: `it took longer than its ${importTimeout} s${place}, in code that blocks all other threads. ${advice}`,
    evidence: log,
  };
}
