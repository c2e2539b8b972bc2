import { formatDuration } from '../../client/schedules/duration.js';
import type { ScheduledRun, ScheduledRunOutcome, ScheduleInfo } from '../../contract/schedule.js';
import type { Colors } from '../colors.js';
import { type Cell, renderTable } from '../table.js';
import { formatZonedTime } from './format-zoned-time.js';

/** Renders the page of `berth schedule show`. */
export function renderSchedule(info: ScheduleInfo, colors: Colors): string {
  const { name, id, when, timezone, state, jitter, overlap, catchUp, note, createdAt, skipped, missed, webUrl } = info;
  const facts: [string, string | null][] = [
    ['when', `${when} (${timezone})`],
    ['jitter', jitter === null ? null : `up to ${formatDuration(jitter * 1000)}`],
    ['overlap', `${overlap} runs while another one is running`],
    ['catch-up', `start missed runs up to ${formatDuration(catchUp * 1000)} late`],
    ['on failure', info.replacesFailed ? 'the next run replaces the failed change' : 'wait for resume or abandon'],
    ['created', `${formatZonedTime(createdAt, timezone)}${info.createdBy === null ? '' : ` by ${info.createdBy}`}`],
    ['note', note === `created by ${info.createdBy}` ? null : note || null],
    ['skipped', skipped + missed === 0 ? null : `${skipped} during another run, ${missed} too late`],
    ['web UI', webUrl],
  ];
  const rows = facts.flatMap(([label, text]): Cell[][] =>
    text === null ? [] : [[{ text: `  ${label}`, paint: colors.dim }, { text }]],
  );
  const paint = state === 'active' ? colors.green : colors.yellow;
  return [
    `${colors.bold(`${name}, schedule ${id}`)} is ${paint(state)}`,
    renderTable(rows),
    '',
    ...renderNext(info, colors),
    ...(info.runs.length === 0 ? [] : ['', colors.bold('Last runs'), renderRuns(info, colors)]),
  ].join('\n');
}

function renderNext({ nextRuns, timezone, state }: ScheduleInfo, colors: Colors): string[] {
  if (state === 'paused') return ['No runs until resumed'];
  return [colors.bold(`Next runs (${timezone})`), ...nextRuns.map((time) => `  ${formatZonedTime(time, timezone)}`)];
}

const renderRuns = ({ runs, timezone }: ScheduleInfo, colors: Colors): string =>
  renderTable(
    runs
      .toReversed()
      .map(({ startedAt, outcome, note, lastError }): Cell[] => [
        { text: `  ${formatZonedTime(startedAt, timezone)}`, paint: colors.dim },
        { text: outcome, paint: paintOutcome(outcome, colors) },
        { text: `${lastError === null ? '' : `${lastError.code} `}${note.split('\n')[0]}` },
      ]),
  );

/** Selects the color of an outcome: green is healthy, red needs attention. */
export function paintOutcome(outcome: ScheduledRun['outcome'], colors: Colors): (text: string) => string {
  if (outcome === 'failed') return colors.red;
  if (outcome === 'live' || outcome === 'unchanged') return colors.green;
  return pendingOutcomes.includes(outcome) ? colors.yellow : colors.dim;
}

const pendingOutcomes: readonly ScheduledRunOutcome[] = ['running', 'skipped'];
