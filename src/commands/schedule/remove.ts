import { defineCommand } from '../command.js';
import { deploymentName } from '../deployment-name.js';
import { changeSchedule } from './change-schedule.js';
import { scheduleOption } from './schedule-option.js';

export const remove = defineCommand({
  name: 'delete',
  summary: 'delete a schedule; a running redeploy continues',
  arguments: { name: deploymentName },
  options: scheduleOption,
  run: (context) =>
    changeSchedule(
      context,
      (schedules, name, id) => schedules.remove(name, id),
      ({ name, id }) => `deleted schedule ${id} of ${name}`,
    ),
});
