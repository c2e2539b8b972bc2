import type { ScheduleSpec } from '@temporalio/client';
import { BerthError } from '../../errors.js';
import { parseDuration } from './duration.js';

/** A schedule as the user writes it. */
export interface ScheduleOptions {
  /** Exactly one of `every` and `cron` is required. */
  every?: string | undefined;
  cron?: string | undefined;
  timezone?: string | undefined;
  jitter?: string | undefined;
  catchUp?: string | undefined;
}

/** A schedule in the terms of Temporal. */
export interface SchedulePlan {
  spec: ScheduleSpec;
  /** Milliseconds. */
  catchUp: number;
}

const defaultCatchUp = '1d';
/** Milliseconds; the server ignores smaller values. */
const minCatchUp = 10_000;

/**
 * Parses the options, before any request to a server.
 *
 * @throws SCHEDULE_INVALID when an option is invalid, or when not exactly one of `--every` and `--cron` is given
 */
export function planSchedule(options: ScheduleOptions, now = Date.now()): SchedulePlan {
  const { every, cron, timezone = 'UTC', jitter, catchUp = defaultCatchUp } = options;
  if ((every === undefined) === (cron === undefined))
    throw new BerthError('SCHEDULE_INVALID', 'pass either --every or --cron');
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

/** Counts from now and not from midnight, or all daily schedules of a server would be due at the same moment. */
function parseInterval(text: string, now: number): ScheduleSpec {
  const every = parseDuration('--every', text);
  return { intervals: [{ every, offset: now % every }] };
}

/** Checks only the number of fields; the server checks the rest. The server keeps the text after `#` unchanged. */
function parseCron(text: string): ScheduleSpec {
  const [fields = ''] = text.split('#');
  const expression = fields.trim();
  const count = expression.split(/\s+/).length;
  if (!expression.startsWith('@') && !expression.includes('=') && (count < 5 || count > 7))
    throw new BerthError(
      'SCHEDULE_INVALID',
      `--cron ${text}: write five fields (minute hour day month weekday), for example '0 3 * * *'`,
    );
  return { cronExpressions: [expression.startsWith('@every') ? expression : `${expression} # ${expression}`] };
}

/** Returns the name as the time zone database spells it, because the server looks it up there. */
function parseTimezone(text: string): string {
  try {
    if (!/^[+-]/.test(text)) return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    // reported below
  }
  throw new BerthError(
    'SCHEDULE_INVALID',
    `--timezone ${text}: unknown time zone; write for example Europe/Berlin or UTC`,
  );
}

function parseJitter(text: string, every: string | undefined): number {
  const jitter = parseDuration('--jitter', text);
  if (every !== undefined && jitter > parseDuration('--every', every))
    throw new BerthError('SCHEDULE_INVALID', `--jitter ${text}: must not exceed the ${every} between two runs`);
  return jitter;
}
