import type { RequestedChange } from '../contract/change.js';
import type { ScheduledRunResult } from '../contract/schedule.js';
import type { DeploymentInfo } from '../contract/status.js';

/** Access of scheduled runs to the deployments of a server. */
export interface ScheduledDeployments {
  /** Returns null when the deployment does not exist or is being cleaned up. */
  findInfo(name: string): Promise<DeploymentInfo | null>;
  /**
   * Requests a redeploy that does not repeat a revision that was rolled back. A second request with the same id gets the
   * answer of the first.
   */
  redeploy(name: string, request: { by: string; id: string }): Promise<RequestedChange>;
  /** Resolves when the schedule is verified to be gone. */
  removeSchedule(name: string, schedule: string): Promise<void>;
  /** Resolves when all schedules of the deployment are verified to be gone. */
  removeSchedules(name: string): Promise<void>;
}

/** Returns the result of a run that changed nothing. */
export const endWithoutChange = (outcome: ScheduledRunResult['outcome'], note: string): ScheduledRunResult => ({
  outcome,
  change: null,
  revision: null,
  note,
});
