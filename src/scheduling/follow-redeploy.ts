import { setTimeout as sleep } from 'node:timers/promises';
import type { PastChange, RequestedChange } from '../contract/change.js';
import type { ScheduledRunResult } from '../contract/schedule.js';
import type { DeploymentInfo, LastError } from '../contract/status.js';
import { BerthError, type ErrorRecord, isErrorCode } from '../errors.js';
import { endWithoutChange, type ScheduledDeployments } from './scheduled-deployments.js';

/** A redeploy that failed or waits after a failure. It is a result, not an error: a retry of the step would not change it. */
export interface FailedRun {
  failure: ErrorRecord;
}

type Verdict = ScheduledRunResult | FailedRun;

/** Milliseconds. */
const maxPollInterval = 2_000;

/** Follows a change until it is finished and the bake of its revision is over, or until it waits. */
export async function followRedeploy(
  deployments: ScheduledDeployments,
  { name, change }: { name: string; change: string },
  signal: AbortSignal,
): Promise<Verdict> {
  for (let pollInterval = 100; ; pollInterval = Math.min(pollInterval * 1.5, maxPollInterval)) {
    const info = await deployments.findInfo(name);
    if (info === null) return { ...endWithoutChange('gone', `${name} was cleaned up`), change };
    const verdict = judgeChange(info, change);
    if (verdict !== null) return verdict;
    await sleep(pollInterval, undefined, { signal });
  }
}

/** Returns how a change ended; null while it is in progress or its revision bakes. */
export function judgeChange(info: DeploymentInfo, id: string): Verdict | null {
  const { change, next, changes } = info;
  if (change?.id === id)
    return change.state === 'waiting'
      ? createFailedRun(info, change, change.lastError ?? createReason(`${id} is waiting`))
      : null;
  if (next?.id === id) return null;
  const index = changes.findIndex((one) => one.id === id);
  const pastChange = changes[index];
  if (pastChange === undefined) return { ...endWithoutChange('superseded', 'many changes followed'), change: id };
  const { outcome, revision, note } = pastChange;
  if (outcome === 'failed') return createFailedRun(info, pastChange, pastChange.lastError ?? createReason(note));
  const result = { outcome, change: id, revision, note };
  return outcome === 'live' ? judgeBake(info, pastChange, result, changes.slice(index + 1)) : result;
}

/** Judges the bake by what followed first: a rollback by Berth, or another live revision. */
function judgeBake(
  info: DeploymentInfo,
  pastChange: PastChange,
  result: ScheduledRunResult,
  later: PastChange[],
): Verdict | null {
  const { bake, change, next, state } = info;
  if (bake?.revision === pastChange.revision)
    return state === 'stopped' ? { ...result, note: `${result.note}, and was stopped before its bake ended` } : null;
  const successor = later.find((one) => isOwnRollback(one) || one.outcome === 'live');
  if (successor !== undefined)
    return isOwnRollback(successor) ? judgeRollback(info, pastChange, successor, result) : result;
  return [change, next].some((one) => one !== null && isOwnRollback(one)) ? null : result;
}

const isOwnRollback = ({ kind, by }: RequestedChange): boolean => kind === 'rollback' && by === 'berth';

function judgeRollback(
  info: DeploymentInfo,
  pastChange: PastChange,
  rollback: PastChange,
  result: ScheduledRunResult,
): Verdict {
  const { outcome, reason, note } = rollback;
  const message = `${pastChange.revision} was rolled back: ${reason ?? 'it failed its bake'}`;
  if (outcome === 'live') return createFailedRun(info, pastChange, { code: 'ROLLED_BACK', message, evidence: null });
  if (outcome !== 'failed') return result;
  return createFailedRun(
    info,
    pastChange,
    createReason(`${pastChange.revision} failed its bake, and its rollback failed: ${note}`),
  );
}

type FailureReason = Omit<LastError, 'next'>;

const createReason = (message: string): FailureReason => ({ code: 'REDEPLOY_FAILED', message, evidence: null });

function createFailedRun(
  { name, source }: DeploymentInfo,
  { id, revision }: FailedChange,
  reason: FailureReason,
): FailedRun {
  const { code, message, evidence } = reason;
  const error = new BerthError(isErrorCode(code) ? code : 'REDEPLOY_FAILED', message, {
    name,
    path: source.path,
    change: id,
    ...(revision !== null && { revision }),
    ...(evidence !== null && { evidence }),
  });
  return { failure: error.toRecord() };
}

type FailedChange = Pick<PastChange, 'id' | 'revision'>;
