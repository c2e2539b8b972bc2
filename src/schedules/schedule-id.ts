const prefix = 'berth-redeploy-';

/** A deployment's first schedule, when it is given no name. */
export const usualSchedule = 'default';

/** The dot is in no name, so no two pairs have the same id. */
export const scheduleId = (name: string, schedule: string): string => `${prefix}${name}.${schedule}`;

/** The server adds the time at which the run was due. */
export const runId = (name: string, schedule: string): string => `redeploy-${name}.${schedule}`;

/** Who asks, for the deployment's record. */
export const askedBy = (schedule: string): string => `schedule ${schedule}`;

export const isAskedBySchedule = (by: string): boolean => by.startsWith(askedBy(''));

/** Null for an id that is none of a schedule of redeploys. */
export function readScheduleId(id: string): { name: string; schedule: string } | null {
  const [name, schedule, ...rest] = id.startsWith(prefix) ? id.slice(prefix.length).split('.') : [];
  return name === undefined || schedule === undefined || rest.length > 0 ? null : { name, schedule };
}
