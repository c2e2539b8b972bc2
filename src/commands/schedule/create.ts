import { BerthError } from '../../errors.js';
import { defineCommand } from '../command.js';
import { deploymentName, isDeploymentName } from '../deployment-name.js';
import { withClient } from '../with-client.js';
import { renderSchedule } from './render-schedule.js';

export const create = defineCommand({
  name: 'create',
  summary: 'create a schedule, by interval or cron line',
  arguments: { name: deploymentName },
  options: {
    every: { flags: '--every <TIME>', kind: 'text', summary: 'interval, counted from now: 90m, 12h30m, 1d' },
    cron: { flags: '--cron <LINE>', kind: 'text', summary: 'minute hour day month weekday, or @daily and the like' },
    timezone: { flags: '--timezone <ZONE>', kind: 'text', summary: 'time zone of the cron line (UTC)' },
    jitter: { flags: '--jitter <TIME>', kind: 'text', summary: 'maximum random delay of each run (0s)' },
    catchUp: {
      flags: '--catch-up <TIME>',
      kind: 'text',
      summary: 'maximum delay of a missed run (1d)',
    },
    replaceFailed: {
      flags: '--replace-failed',
      kind: 'flag',
      summary: 'replace an earlier failed change instead of skipping the run',
    },
    id: { flags: '--id <SCHEDULE>', kind: 'text', summary: 'ID of the schedule (default)' },
  },
  examples: [
    'berth schedule create ocr --every 1d',
    "berth schedule create ocr --id weekdays --cron '30 4 * * MON-FRI' --timezone Europe/Berlin --jitter 10m",
  ],
  async run({ arguments: { name }, options, output }) {
    const { id, replaceFailed, ...times } = options;
    if (id !== undefined && !isDeploymentName(id))
      throw new BerthError(
        'SCHEDULE_INVALID',
        `invalid --id ${id}: use at most 40 lower-case letters, digits and hyphens`,
      );
    const { planSchedule } = await import('../../client/schedules/plan-schedule.js');
    const plan = planSchedule(times);
    const request = { name, schedule: id, plan, replacesFailed: replaceFailed };
    const created = await withClient(output, ({ schedules }) => schedules.create(request));
    await output.result(created, (colors) => renderSchedule(created, colors));
  },
});
