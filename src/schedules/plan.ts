import type { ScheduleSpec } from '@temporalio/client';
import { BerthError } from '../errors.js';
import { parseSpan } from './span.js';

/** What a user says of a schedule. */
export interface ScheduleOptions {
  /** Exactly one of these two. */
  every?: string | undefined;
  cron?: string | undefined;
  timezone?: string | undefined;
  jitter?: string | undefined;
  catchUp?: string | undefined;
}

/** When the runs of a schedule are due, as Temporal is told it. */
export interface SchedulePlan {
  spec: ScheduleSpec;
  /** Milliseconds. */
  catchUp: number;
}

const usualCatchUp = '1d';
/** Less is not heeded by the server. */
const leastCatchUp = 10_000;

/** Understands the options, before any server is asked. Throws SCHEDULE_INVALID. */
export function planSchedule(options: ScheduleOptions, now = Date.now()): SchedulePlan {
  const { every, cron, timezone = 'UTC', jitter, catchUp = usualCatchUp } = options;
  if ((every === undefined) === (cron === undefined))
    throw new BerthError('SCHEDULE_INVALID', 'say when it is to run: either --every or --cron');
  const times = every === undefined ? readCron(cron ?? '') : readInterval(every, now);
  return {
    spec: {
      ...times,
      timezone: readTimezone(timezone),
      ...(jitter !== undefined && { jitter: readJitter(jitter, every) }),
    },
    catchUp: Math.max(parseSpan('--catch-up', catchUp), leastCatchUp),
  };
}

/** Counted from now, not from midnight: else all daily schedules of a server would be due at the same moment. */
function readInterval(text: string, now: number): ScheduleSpec {
  const every = parseSpan('--every', text);
  return { intervals: [{ every, offset: now % every }] };
}

/** Only its shape is looked at here, the server knows the rest. It keeps what stands behind `#` as it was written. */
function readCron(text: string): ScheduleSpec {
  const [fields = ''] = text.split('#');
  const expression = fields.trim();
  const count = expression.split(/\s+/).length;
  if (!expression.startsWith('@') && !expression.includes('=') && (count < 5 || count > 7))
    throw new BerthError(
      'SCHEDULE_INVALID',
      `--cron ${text}: it has five fields (minute hour day month weekday), for example '0 3 * * *'`,
    );
  return { cronExpressions: [expression.startsWith('@every') ? expression : `${expression} # ${expression}`] };
}

/** In the spelling of the time zone database, which the server looks it up in. */
function readTimezone(text: string): string {
  try {
    if (!/^[+-]/.test(text)) return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    // Said below.
  }
  throw new BerthError(
    'SCHEDULE_INVALID',
    `--timezone ${text}: there is no such time zone; write Europe/Berlin or UTC`,
  );
}

function readJitter(text: string, every: string | undefined): number {
  const jitter = parseSpan('--jitter', text);
  if (every !== undefined && jitter > parseSpan('--every', every))
    throw new BerthError('SCHEDULE_INVALID', `--jitter ${text}: it is longer than the ${every} between two runs`);
  return jitter;
}
