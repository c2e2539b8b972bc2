const prefix = 'berth-redeploy-';

/** A deployment's first schedule, when it is given no name. */
export const defaultSchedule = 'default';

/** The dot is in no name, so no two pairs have the same id. */
export const buildScheduleId = (name: string, schedule: string): string => `${prefix}${name}.${schedule}`;

/** The server adds the time at which the run was due. */
export const buildRunWorkflowId = (name: string, schedule: string): string => `redeploy-${name}.${schedule}`;

/** Who asks, for the deployment's record. */
export const describeRequester = (schedule: string): string => `schedule ${schedule}`;

export const isRequestedBySchedule = (by: string): boolean => by.startsWith(describeRequester(''));

/** Null for an id that is none of a schedule of redeploys. */
export function parseScheduleId(id: string): { name: string; schedule: string } | null {
  const [name, schedule, ...rest] = id.startsWith(prefix) ? id.slice(prefix.length).split('.') : [];
  return name === undefined || schedule === undefined || rest.length > 0 ? null : { name, schedule };
}
