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
  /** Names the request. */
  id: string;
  /** ISO 8601; when the run began. */
  since: string;
}

/** A change that was asked for and is to be followed, on the deployment's host. */
export interface ScheduledChange {
  change: string;
  host: string;
}

/**
 * Asks for the redeploy, once: a change that the schedule has asked for since the run began is this run's. A deployment
 * that cannot be redeployed by itself is left alone, and of one that is gone the schedule goes too.
 */
export async function requestRedeploy(
  deployments: ScheduledDeployments,
  { name, schedule, replacesFailed, id, since }: RunRequest,
): Promise<ScheduledChange | ScheduledRunResult> {
  const info = await deployments.findInfo(name);
  if (info === null) {
    await deployments.removeSchedule(name, schedule);
    return endWithoutChange('gone', `there is no deployment called ${name}, and now no schedule either`);
  }
  const { host } = info;
  if (host === null) return endWithoutChange('skipped', 'its strategy is still being selected');
  const by = describeRequester(schedule);
  const isOurs = (one: RequestedChange | null) => one !== null && one.by === by && one.requestedAt >= since;
  const asked = [info.change, info.next, ...info.changes].find(isOurs);
  if (asked) return { change: asked.id, host };
  const why = explainSkip(info, replacesFailed);
  if (why !== null) return endWithoutChange('skipped', why);
  return { change: (await deployments.redeploy(name, { by, id })).id, host };
}

/** Why a schedule leaves a deployment alone: it takes no wish of a person back, and no work that waits for one away. */
export function explainSkip(info: DeploymentInfo, replacesFailed: boolean): string | null {
  const { name, state, revision, change, next } = info;
  if (state === 'stopped') return `it is stopped; start it: berth start ${name}`;
  if (revision === null) return `its first revision does not serve yet; see: berth status ${name}`;
  if (next !== null) return `${next.id}, asked for by ${next.by}, waits for its turn`;
  if (change?.state !== 'waiting' || (replacesFailed && isNotResumed(info))) return null;
  return `${change.id} waits; go on with it: berth resume ${name}, or give it up: berth abandon ${name}`;
}

/** A schedule asked for what waits, and nobody has gone on with it since. */
const isNotResumed = ({ change, steps }: DeploymentInfo): boolean =>
  change !== null &&
  isRequestedBySchedule(change.by) &&
  !steps.some(({ step, startedAt }) => step === 'resume' && startedAt >= change.requestedAt);
