import { defineCommand } from '../command.js';
import { deploymentName } from '../deployment-name.js';
import { changeSchedule } from './change-schedule.js';
import { formatZonedTime } from './format-zoned-time.js';
import { scheduleOption } from './schedule-option.js';

export const resume = defineCommand({
  name: 'resume',
  summary: 'resume a paused schedule',
  arguments: { name: deploymentName },
  options: scheduleOption,
  run: (context) =>
    changeSchedule(
      context,
      (schedules, name, id) => schedules.resume(name, id),
      ({ name, id, nextRuns: [next], timezone }) =>
        `resumed schedule ${id} of ${name}${next === undefined ? '' : `; next run: ${formatZonedTime(next, timezone)}`}`,
    ),
});
