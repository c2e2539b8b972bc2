import { BerthError } from '../../errors.js';
import { isDeploymentName } from '../deployment-name.js';

/** Option that selects one of a deployment's schedules. */
export const scheduleOption = {
  id: { flags: '--id <SCHEDULE>', kind: 'text', summary: 'ID of the schedule' },
} as const;

/**
 * Refuses an invalid ID before it becomes part of a Temporal ID.
 *
 * @throws SCHEDULE_UNKNOWN when it cannot be the ID of a schedule.
 */
export function requireValidScheduleId(name: string, schedule: string | undefined): void {
  if (schedule === undefined || isDeploymentName(schedule)) return;
  throw new BerthError('SCHEDULE_UNKNOWN', `${name} has no schedule ${schedule}`, { name });
}
