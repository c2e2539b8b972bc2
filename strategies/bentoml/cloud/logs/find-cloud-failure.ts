import { setTimeout as sleep } from 'node:timers/promises';
import type { RunPlan } from '../../../../src/contract/handle.js';
import type { CloudRecord } from '../../../../src/runners/cloud/cloud-record.js';
import { findException, type LoggedException } from '../../calls/find-exception.js';
import { codeDirectory } from './code-directory.js';
import { readCloudLog } from './read-cloud-log.js';

/** Milliseconds that a call which has failed anyway waits for the reason, and between two looks: the log comes late. */
const logTimeout = 20_000;
const interval = 500;
/** Tries of a log that cannot be read: a cloud may be away for a moment. */
const maxFailedReads = 2;
/** Lines of each pod. */
const searchedLines = 500;

/** The call's exception, from the log of the deployment's pods; undefined where that does not tell of it in time. */
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
      unread += 1; // why it cannot be read is not why the call failed
    }
  }
  return undefined;
}

async function readEnd(plan: RunPlan, record: CloudRecord, signal: AbortSignal): Promise<string> {
  const lines: string[] = [];
  for await (const line of readCloudLog(plan, record, { tail: searchedLines, signal })) lines.push(line);
  return lines.join('\n');
}
