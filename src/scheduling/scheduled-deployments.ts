import type { RequestedChange } from '../contract/change.js';
import type { ScheduledRunResult } from '../contract/schedule.js';
import type { DeploymentInfo } from '../contract/status.js';

/** The deployments of a server, as a scheduled run deals with them. */
export interface ScheduledDeployments {
  /** Null when there is none of that name, or it is being undone. */
  findInfo(name: string): Promise<DeploymentInfo | null>;
  /**
   * Asks for a redeploy, but not of what was rolled back before. Of two requests with the same id the second gets the
   * answer of the first.
   */
  redeploy(name: string, request: { by: string; id: string }): Promise<RequestedChange>;
  /** Resolves when the schedule is proven gone. */
  removeSchedule(name: string, schedule: string): Promise<void>;
  /** Resolves when all schedules of a deployment are proven gone. */
  removeSchedules(name: string): Promise<void>;
}

/** The end of a run that changed nothing. */
export const endWithoutChange = (outcome: ScheduledRunResult['outcome'], note: string): ScheduledRunResult => ({
  ...{ outcome, change: null, revision: null, note },
});
