import { defineCommand } from '../command.js';
import { deploymentName } from '../deployment-name.js';
import { changeSchedule } from './change-schedule.js';
import { scheduleOption } from './schedule-option.js';

export const pause = defineCommand({
  name: 'pause',
  summary: 'pause a schedule',
  arguments: { name: deploymentName },
  options: scheduleOption,
  run: (context) =>
    changeSchedule(
      context,
      (schedules, name, id) => schedules.pause(name, id),
      ({ name, id }) => `paused schedule ${id} of ${name}`,
    ),
});
