import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../../../../src/contract/handle.js';
import type { CloudRecord } from '../../../../src/runners/cloud/cloud-record.js';
import { findException, type LoggedException } from '../../calls/find-exception.js';
import { codeDirectory } from './code-directory.js';
import { readCloudLog } from './read-cloud-log.js';

/** Milliseconds that a failed call waits for its exception, and between two checks: the log arrives late. */
const logTimeout = 20_000;
const interval = 500;
/** Attempts to read the log: a cloud may be unreachable for a moment. */
const maxFailedReads = 2;
/** Lines of each pod to search. */
const searchedLines = 500;

/** Finds the call's exception in the log of the deployment's pods; undefined when the log does not have it in time. */
export async function findCloudFailure(
  plan: RunPlan,
  record: CloudRecord,
  trace: string,
): Promise<LoggedException | undefined> {
  const signal = AbortSignal.timeout(logTimeout);
  for (let unread = 0; unread < maxFailedReads && !signal.aborted; await sleep(interval)) {
    try {
      const found = findException(await readEnd(plan, record, signal), trace, { directory: codeDirectory });
      if (found !== undefined) return found;
    } catch {
      unread += 1; // a failed read does not explain the failed call
    }
  }
  return undefined;
}

async function readEnd(plan: RunPlan, record: CloudRecord, signal: AbortSignal): Promise<string> {
  const lines: string[] = [];
  for await (const line of readCloudLog(plan, record, { tail: searchedLines, signal })) lines.push(line);
  return lines.join('\n');
}
