import { BerthError } from '../../errors.js';
import { defineCommand } from '../command.js';
import { deploymentName, isDeploymentName } from '../deployment-name.js';
import { withClient } from '../with-client.js';
import { renderSchedule } from './schedule-page.js';

export const create = defineCommand({
  name: 'create',
  summary: 'redeploy it from now on, every so often or by a cron line',
  arguments: { name: deploymentName },
  options: {
    every: { flags: '--every <TIME>', kind: 'text', summary: 'between two runs, counted from now: 90m, 12h30m, 1d' },
    cron: { flags: '--cron <LINE>', kind: 'text', summary: 'minute hour day month weekday, or @daily and the like' },
    timezone: { flags: '--timezone <ZONE>', kind: 'text', summary: 'of the cron line and of times shown (UTC)' },
    jitter: { flags: '--jitter <TIME>', kind: 'text', summary: 'start each run later by chance, at most so much (0s)' },
    catchUp: {
      flags: '--catch-up <TIME>',
      kind: 'text',
      summary: 'how late a run may still start that the server was down for (1d)',
    },
    replaceFailed: {
      flags: '--replace-failed',
      kind: 'flag',
      summary: 'a run gives up what an earlier one left waiting, and tries anew',
    },
    id: { flags: '--id <SCHEDULE>', kind: 'text', summary: 'its name, where the deployment has several (default)' },
  },
  examples: [
    'berth schedule create ocr --every 1d',
    "berth schedule create ocr --id weekdays --cron '30 4 * * MON-FRI' --timezone Europe/Berlin --jitter 10m",
  ],
  async run({ arguments: { name }, options, output }) {
    const { id, replaceFailed, ...times } = options;
    if (id !== undefined && !isDeploymentName(id))
      throw new BerthError('SCHEDULE_INVALID', `--id ${id}: use lower-case letters, digits and hyphens, at most 40`);
    const { planSchedule } = await import('../../schedules/plan.js');
    const plan = planSchedule(times);
    const request = { name, schedule: id, plan, replacesFailed: replaceFailed };
    const made = await withClient(output, ({ schedules }) => schedules.create(request));
    await output.result(made, (colors) => renderSchedule(made, colors));
  },
});
