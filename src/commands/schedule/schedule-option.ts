import { BerthError } from '../../errors.js';
import { isDeploymentName } from '../deployment-name.js';

/** Which of a deployment's schedules is meant. */
export const scheduleOption = {
  id: { flags: '--id <SCHEDULE>', kind: 'text', summary: 'ID of the schedule' },
} as const;

/** What can be no name is unknown, and never reaches an id. */
export function requireValidScheduleId(name: string, schedule: string | undefined): void {
  if (schedule === undefined || isDeploymentName(schedule)) return;
  throw new BerthError('SCHEDULE_UNKNOWN', `${name} has no schedule ${schedule}`, { name });
}
