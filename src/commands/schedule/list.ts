import type { ScheduledRun, ScheduleInfo } from '../../contract/schedule.js';
import type { Colors } from '../colors.js';
import { defineCommand } from '../command.js';
import { deploymentName } from '../deployment-name.js';
import { truncateToWidth } from '../progress.js';
import { type Cell, renderTable } from '../table.js';
import { withClient } from '../with-client.js';
import { formatZonedTime } from './format-zoned-time.js';
import { paintOutcome } from './render-schedule.js';

export const list = defineCommand({
  name: 'list',
  summary: 'list the schedules, with their next and last runs',
  arguments: { name: { ...deploymentName, isRequired: false, summary: 'only schedules of this deployment' } },
  options: {},
  async run({ arguments: { name }, output }) {
    const schedules = await withClient(output, (client) => client.schedules.list(name));
    if (schedules.length > 0 || output.isJson)
      await output.result(schedules, (colors) => renderSchedules(schedules, colors));
    else output.note('no schedules yet; create one: berth schedule create NAME --every 1d');
  },
});

/** Maximum characters of a run's note. */
const maxWidth = 100;

export function renderSchedules(schedules: ScheduleInfo[], colors: Colors): string {
  const heading: Cell[] = ['NAME', 'ID', 'WHEN', 'STATE', 'NEXT', 'LAST RUN'].map((text) => ({
    text,
    paint: colors.dim,
  }));
  const rows = schedules.map(({ name, id, when, timezone, state, nextRuns, runs }): Cell[] => [
    { text: name, paint: colors.bold },
    { text: id },
    { text: `${when} (${timezone})` },
    { text: state, paint: state === 'active' ? colors.green : colors.dim },
    { text: nextRuns[0] === undefined ? '-' : formatZonedTime(nextRuns[0], timezone) },
    describeRun(runs.at(-1), timezone, colors),
  ]);
  return renderTable([heading, ...rows]);
}

function describeRun(run: ScheduledRun | undefined, timezone: string, colors: Colors): Cell {
  if (run === undefined) return { text: '-' };
  const { outcome, startedAt, note, lastError } = run;
  const [summary = ''] = `${lastError === null ? '' : `${lastError.code} `}${note}`.split('\n');
  return {
    text: `${outcome}, ${formatZonedTime(startedAt, timezone)}: ${truncateToWidth(summary, maxWidth)}`,
    paint: paintOutcome(outcome, colors),
  };
}
