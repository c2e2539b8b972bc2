import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { codes, describeNext, type ErrorRecord } from '../../errors.js';

/** Returns the error record that an activity's failure carries, or one that describes any other error. */
export function toErrorRecord(error: unknown): ErrorRecord {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.details?.[0]) return cause.details[0] as ErrorRecord;
  if (cause instanceof TimeoutFailure) return toTimeoutRecord(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: 'INTERNAL', message, next: codes.INTERNAL.next, details: {} };
}

function toTimeoutRecord(timeout: TimeoutFailure): ErrorRecord {
  const isUnreached = timeout.timeoutType === 'SCHEDULE_TO_START';
  const code = isUnreached ? 'WORKER_UNREACHABLE' : 'INTERNAL';
  const message = isUnreached
    ? 'no worker of the deployment’s host took the step'
    : `the step timed out: ${timeout.message}`;
  return { code, message, next: describeNext(code, {}), details: {} };
}

export const toApplicationFailure = (record: ErrorRecord): ApplicationFailure =>
  ApplicationFailure.nonRetryable(record.message, record.code, record);
