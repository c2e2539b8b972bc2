import type { RunPlan } from '../../contract/handle.js';
import { findSoftwareFrame } from './find-software-frame.js';

type ImportLimits = Pick<RunPlan, 'directory'> & { importTimeout?: number | null | undefined };

export interface StuckImport {
  message: string;
  /** The stack at the time. */
  evidence: string;
}

/** As hosts/python/berth_host/server_imports.py ends a server. */
const importFailurePattern = /^berth: import failed: (.*)\n((?: {2}.*\n?)*)/m;

/** By Python's watchdog. */
export const watchdogPattern = /^Timeout \(\d+:\d+:\d+(\.\d+)?\)!$/m;

/**
 * Finds in a log what ended a process whose import took too long: its own words, or those of Python's watchdog, which ends
 * code that lets no other thread run. Undefined for any other end, unless it is known that the import was ended from outside.
 */
export function findStuckImport(
  log: string,
  { directory, importTimeout }: ImportLimits,
  isEndedFromOutside = false,
): StuckImport | undefined {
  const [, message, stack = ''] = importFailurePattern.exec(log) ?? [];
  if (message !== undefined) return { message, evidence: stack };
  if (importTimeout == null || !(isEndedFromOutside || watchdogPattern.test(log))) return undefined;
  const own = findSoftwareFrame(log, directory);
  const place = own === undefined ? '' : ` and is at ${own}`;
  const advice = 'Where it only loads something large, give it more time with --import-timeout SECONDS';
  return {
    message: `it took longer than its ${importTimeout} s${place}, in code that lets nothing else run. ${advice}`,
    evidence: log,
  };
}
