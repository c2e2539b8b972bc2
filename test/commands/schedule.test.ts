import { expect, test } from '@jest/globals';
import picocolors from 'picocolors';
import { commandGroups } from '../../src/commands/index.js';
import { parseCommandLine } from '../../src/commands/parse-command-line.js';
import { formatZonedTime } from '../../src/commands/schedule/format-zoned-time.js';
import { renderSchedules } from '../../src/commands/schedule/list.js';
import { renderSchedule } from '../../src/commands/schedule/render-schedule.js';
import type { ScheduledRun, ScheduleInfo } from '../../src/contract/index.js';

const colors = picocolors.createColors(false);
const parse = (...words: string[]) => parseCommandLine(words, commandGroups);

const run = (facts: Partial<ScheduledRun>): ScheduledRun => ({
  workflowId: 'redeploy-ocr.default-2026',
  runId: '1',
  outcome: 'live',
  change: 'c2',
  revision: 'r2',
  note: 'r2 is live',
  dueAt: '2026-11-23T03:00:00.000Z',
  startedAt: '2026-11-23T03:00:00.000Z',
  finishedAt: '2026-11-23T03:01:00.000Z',
  lastError: null,
  webUrl: null,
  ...facts,
});

const schedule = (facts: Partial<ScheduleInfo> = {}): ScheduleInfo => ({
  name: 'ocr',
  id: 'default',
  when: 'cron 0 4 * * *',
  timezone: 'Europe/Berlin',
  jitter: 90,
  overlap: 'skip',
  catchUp: 86_400,
  replacesFailed: false,
  state: 'active',
  note: 'created by ada@host',
  createdBy: 'ada@host',
  createdAt: '2026-11-22T10:00:00.000Z',
  nextRuns: ['2026-11-24T03:00:00.000Z', '2026-11-25T03:00:00.000Z'],
  runs: [run({})],
  skipped: 0,
  missed: 0,
  webUrl: null,
  ...facts,
});

test('a command of a family is found by two words', () => {
  expect(parse('schedule', 'create', 'ocr', '--every', '1d', '--replace-failed', '--json')).toMatchObject({
    command: { name: 'create' },
    arguments: { name: 'ocr' },
    options: { every: '1d', cron: undefined, replaceFailed: true, id: undefined },
  });
});

test('a family and each of its commands have a help page', () => {
  const listing = expect.stringMatching(/Usage: berth schedule COMMAND[\s\S]*create NAME[\s\S]*delete NAME/);
  expect(parse('schedule', '--help')).toMatchObject({ kind: 'help', isRequested: true, text: listing });
  expect(parse('schedule')).toMatchObject({ kind: 'help', isRequested: false, text: listing });
  expect(parse('schedule', 'create', '--help')).toMatchObject({ text: expect.stringContaining('--every') });
});

test('an unknown command of a family is a usage error', () => {
  expect(() => parse('schedule', 'craete')).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('Did you mean create?') }),
  );
});

test('times are shown in the time zone of the schedule', () => {
  expect(formatZonedTime('2026-11-24T03:00:00.000Z', 'Europe/Berlin')).toBe('Tue 2026-11-24 04:00');
  expect(formatZonedTime('2026-11-24T23:30:07.000Z', 'Asia/Tokyo')).toBe('Wed 2026-11-25 08:30:07');
});

test('the list shows the next and the last run', () => {
  const lastError = { code: 'CONTRACT_FAILED', message: 'no', next: '', evidence: null };
  const failing = schedule({
    id: 'weekly',
    runs: [run({}), run({ outcome: 'failed', note: '1 of 3\nmore', lastError })],
  });
  const paused = schedule({ state: 'paused', nextRuns: [], runs: [] });
  expect(renderSchedules([failing, paused], colors).split('\n')).toEqual([
    expect.stringMatching(/^NAME +ID +WHEN +STATE +NEXT +LAST RUN$/),
    expect.stringMatching(
      /^ocr +weekly +cron 0 4 \* \* \* \(Europe\/Berlin\) +active +Tue 2026-11-24 04:00 +failed, Mon 2026-11-23 04:00: CONTRACT_FAILED 1 of 3$/,
    ),
    expect.stringMatching(/ paused +- +-$/),
  ]);
});

test('the page shows the schedule, its next runs and its last runs', () => {
  const page = renderSchedule(schedule({ skipped: 2 }), colors);
  for (const line of [
    'ocr, schedule default is active',
    'up to 1m30s',
    'skip runs while another one is running',
    'up to 1d late',
    '2 during another run, 0 too late',
    'Next runs (Europe/Berlin)\n  Tue 2026-11-24 04:00\n  Wed 2026-11-25 04:00',
    'Last runs\n  Mon 2026-11-23 04:00  live  r2 is live',
  ])
    expect(page).toContain(line);
  expect(page).not.toContain('note');
  expect(renderSchedule(schedule({ state: 'paused', nextRuns: [] }), colors)).toContain('No runs until resumed');
});
