import { expect, test } from '@jest/globals';
import { formatDuration, parseDuration } from '../../../src/client/schedules/duration.js';
import { planSchedule, type ScheduleOptions } from '../../../src/client/schedules/plan-schedule.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  ['90m', 90 * minute, '1h30m'],
  ['12h30m', 12.5 * hour, '12h30m'],
  ['1d', day, '1d'],
  ['2w', 14 * day, '14d'],
  ['1s', 1_000, '1s'],
])('%s is %i ms, formatted as %s', (text, milliseconds, formatted) => {
  expect(parseDuration('--every', text)).toBe(milliseconds);
  expect(formatDuration(milliseconds)).toBe(formatted);
});

test.each(['', '5', '1 day', '1.5h', '-1h', '0s', '1y', '4000d', '99999999999999999999d'])(
  'a duration of %j is rejected with the name of the option',
  (text) => {
    expect(() => parseDuration('--jitter', text)).toThrow(/--jitter/);
  },
);

test('an interval counts from now', () => {
  const now = 10 * day + 5 * hour;
  const { spec, catchUp } = planSchedule({ every: '1d' }, now);
  expect(spec).toEqual({ intervals: [{ every: day, offset: 5 * hour }], timezone: 'UTC' });
  expect(catchUp).toBe(day);
});

test('a cron line stays as written, and a time zone is spelled as in the database', () => {
  const { spec } = planSchedule({ cron: ' 30 4 * * MON-FRI # early', timezone: 'europe/berlin', jitter: '10m' });
  expect(spec).toEqual({
    cronExpressions: ['30 4 * * MON-FRI # 30 4 * * MON-FRI'],
    timezone: 'Europe/Berlin',
    jitter: 10 * minute,
  });
});

test.each<[ScheduleOptions, string]>([
  [{}, 'either --every or --cron'],
  [{ every: '1d', cron: '@daily' }, 'either --every or --cron'],
  [{ cron: '0 3 * *' }, 'five fields'],
  [{ cron: '' }, 'five fields'],
  [{ every: '1d', timezone: 'Mars/Base' }, '--timezone Mars/Base'],
  [{ every: '1d', timezone: '+02:00' }, '--timezone +02:00'],
  [{ every: '1h', jitter: '2h' }, 'must not exceed the 1h between two runs'],
  [{ every: '1h', catchUp: 'ever' }, '--catch-up ever'],
])('%j is rejected before a server is contacted', (options, message) => {
  expect(() => planSchedule(options)).toThrow(expect.objectContaining({ code: 'SCHEDULE_INVALID' }));
  expect(() => planSchedule(options)).toThrow(message);
});
