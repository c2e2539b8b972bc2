const prefix = 'berth-redeploy-';

/** Name of a schedule that is created without one. */
export const defaultSchedule = 'default';

/** Names contain no dot, so the id is unique. */
export const buildScheduleId = (name: string, schedule: string): string => `${prefix}${name}.${schedule}`;

/** The server appends the time at which the run was due. */
export const buildRunWorkflowId = (name: string, schedule: string): string => `redeploy-${name}.${schedule}`;

/** Describes the schedule as the sender of a request. */
export const describeRequester = (schedule: string): string => `schedule ${schedule}`;

export const isRequestedBySchedule = (by: string): boolean => by.startsWith(describeRequester(''));

/** Returns null for an id of another kind of schedule. */
export function parseScheduleId(id: string): { name: string; schedule: string } | null {
  const [name, schedule, ...rest] = id.startsWith(prefix) ? id.slice(prefix.length).split('.') : [];
  return name === undefined || schedule === undefined || rest.length > 0 ? null : { name, schedule };
}
