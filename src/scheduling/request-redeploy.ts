import type { RequestedChange } from '../contract/change.js';
import type { ScheduledRunResult } from '../contract/schedule.js';
import type { DeploymentInfo } from '../contract/status.js';
import { describeRequester, isRequestedBySchedule } from './schedule-id.js';
import { endWithoutChange, type ScheduledDeployments } from './scheduled-deployments.js';

/** A run of a schedule. */
export interface RunRequest {
  name: string;
  schedule: string;
  replacesFailed: boolean;
  /** Id of the request. */
  id: string;
  /** ISO 8601; start of the run. */
  since: string;
}

/** A requested change, to be followed on the deployment's host. */
export interface ScheduledChange {
  change: string;
  host: string;
}

/**
 * Requests the redeploy of a run, once: a change that the schedule has requested since the run began belongs to the run.
 * Skips a deployment that needs a person first, and removes the schedule of one that is gone.
 */
export async function requestRedeploy(
  deployments: ScheduledDeployments,
  { name, schedule, replacesFailed, id, since }: RunRequest,
): Promise<ScheduledChange | ScheduledRunResult> {
  const info = await deployments.findInfo(name);
  if (info === null) {
    await deployments.removeSchedule(name, schedule);
    return endWithoutChange('gone', `there is no deployment called ${name}; its schedule is removed`);
  }
  const { host } = info;
  if (host === null) return endWithoutChange('skipped', 'its strategy is still being selected');
  const by = describeRequester(schedule);
  const isOurs = (one: RequestedChange | null) => one !== null && one.by === by && one.requestedAt >= since;
  const requested = [info.change, info.next, ...info.changes].find(isOurs);
  if (requested) return { change: requested.id, host };
  const reason = explainSkip(info, replacesFailed);
  if (reason !== null) return endWithoutChange('skipped', reason);
  return { change: (await deployments.redeploy(name, { by, id })).id, host };
}

/** Explains why a schedule skips a deployment: it overrides no user's decision and discards no work that waits for one. */
export function explainSkip(info: DeploymentInfo, replacesFailed: boolean): string | null {
  const { name, state, revision, change, next } = info;
  if (state === 'stopped') return `it is stopped; start it: berth start ${name}`;
  if (revision === null) return `its first revision does not serve yet; follow it: berth status ${name}`;
  if (next !== null) return `${next.id}, requested by ${next.by}, is queued`;
  if (change?.state !== 'waiting' || (replacesFailed && isNotResumed(info))) return null;
  return `${change.id} is waiting; continue it: berth resume ${name}, or abandon it: berth abandon ${name}`;
}

/** True when a schedule requested the waiting change and no user has resumed it. */
const isNotResumed = ({ change, steps }: DeploymentInfo): boolean =>
  change !== null &&
  isRequestedBySchedule(change.by) &&
  !steps.some(({ step, startedAt }) => step === 'resume' && startedAt >= change.requestedAt);
