import { defineCommand } from '../command.js';
import { deploymentName } from '../deployment-name.js';
import { withClient } from '../with-client.js';
import { renderSchedule } from './render-schedule.js';
import { requireValidScheduleId, scheduleOption } from './schedule-option.js';

export const show = defineCommand({
  name: 'show',
  summary: 'show a schedule with its next and last runs',
  arguments: { name: deploymentName },
  options: scheduleOption,
  async run({ arguments: { name }, options: { id }, output }) {
    requireValidScheduleId(name, id);
    const schedule = await withClient(output, ({ schedules }) => schedules.show(name, id));
    await output.result(schedule, (colors) => renderSchedule(schedule, colors));
  },
});
