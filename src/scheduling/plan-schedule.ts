import type { ScheduleSpec } from '@temporalio/client';
import { BerthError } from '../errors.js';
import { parseDuration } from './duration.js';

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

const defaultCatchUp = '1d';
/** Less is not heeded by the server. */
const minCatchUp = 10_000;

/** Understands the options, before any server is asked. Throws SCHEDULE_INVALID. */
export function planSchedule(options: ScheduleOptions, now = Date.now()): SchedulePlan {
  const { every, cron, timezone = 'UTC', jitter, catchUp = defaultCatchUp } = options;
  if ((every === undefined) === (cron === undefined))
    throw new BerthError('SCHEDULE_INVALID', 'say when it is to run: either --every or --cron');
  const times = every === undefined ? parseCron(cron ?? '') : parseInterval(every, now);
  return {
    spec: {
      ...times,
      timezone: parseTimezone(timezone),
      ...(jitter !== undefined && { jitter: parseJitter(jitter, every) }),
    },
    catchUp: Math.max(parseDuration('--catch-up', catchUp), minCatchUp),
  };
}

/** Counted from now, not from midnight: else all daily schedules of a server would be due at the same moment. */
function parseInterval(text: string, now: number): ScheduleSpec {
  const every = parseDuration('--every', text);
  return { intervals: [{ every, offset: now % every }] };
}

/** Only its shape is looked at here, the server knows the rest. It keeps what stands behind `#` as it was written. */
function parseCron(text: string): ScheduleSpec {
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
function parseTimezone(text: string): string {
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

function parseJitter(text: string, every: string | undefined): number {
  const jitter = parseDuration('--jitter', text);
  if (every !== undefined && jitter > parseDuration('--every', every))
    throw new BerthError('SCHEDULE_INVALID', `--jitter ${text}: it is longer than the ${every} between two runs`);
  return jitter;
}
