import { setTimeout as sleep } from 'node:timers/promises';
import type { PastChange, RequestedChange } from '../contract/change.js';
import type { RunEnd } from '../contract/schedule.js';
import type { DeploymentInfo, LastError } from '../contract/status.js';
import { BerthError, type ErrorRecord, isErrorCode } from '../errors.js';
import { endWithoutChange, type ScheduledDeployments } from './scheduled-deployments.js';

/** A redeploy that failed, or waits after a failure: a fact to report, which no further try of the step would change. */
export interface FailedRun {
  failure: ErrorRecord;
}

type Verdict = RunEnd | FailedRun;

const longestPause = 2_000;

/** Follows a change until it is over and its revision has proved itself, or until it waits. */
export async function followRedeploy(
  deployments: ScheduledDeployments,
  { name, change }: { name: string; change: string },
  signal: AbortSignal,
): Promise<Verdict> {
  for (let pause = 100; ; pause = Math.min(pause * 1.5, longestPause)) {
    const info = await deployments.look(name);
    if (info === null) return { ...endWithoutChange('gone', `${name} was cleaned up`), change };
    const verdict = judgeChange(info, change);
    if (verdict !== null) return verdict;
    await sleep(pause, undefined, { signal });
  }
}

/** How a change ended; null while it goes on, or its revision has to prove itself. */
export function judgeChange(info: DeploymentInfo, id: string): Verdict | null {
  const { change, next, changes } = info;
  if (change?.id === id)
    return change.state === 'waiting' ? failWith(info, change, change.lastError ?? unexplained(`${id} waits`)) : null;
  if (next?.id === id) return null;
  const index = changes.findIndex((one) => one.id === id);
  const past = changes[index];
  if (past === undefined) return { ...endWithoutChange('superseded', 'many changes came later'), change: id };
  const { outcome, revision, note } = past;
  if (outcome === 'failed') return failWith(info, past, past.lastError ?? unexplained(note));
  const end = { outcome, change: id, revision, note };
  return outcome === 'live' ? judgeBake(info, past, end, changes.slice(index + 1)) : end;
}

/** A rollback that the deployment asked for itself, before anything else went live, is what decides. */
function judgeBake(info: DeploymentInfo, past: PastChange, end: RunEnd, later: PastChange[]): Verdict | null {
  const { bake, change, next, state } = info;
  if (bake?.revision === past.revision)
    return state === 'stopped' ? { ...end, note: `${end.note}, and was stopped before it had proved itself` } : null;
  const decided = later.find((one) => isOwnRollback(one) || one.outcome === 'live');
  if (decided !== undefined) return isOwnRollback(decided) ? judgeRollback(info, past, decided, end) : end;
  return [change, next].some((one) => one !== null && isOwnRollback(one)) ? null : end;
}

const isOwnRollback = ({ kind, by }: RequestedChange): boolean => kind === 'rollback' && by === 'berth';

function judgeRollback(info: DeploymentInfo, past: PastChange, rollback: PastChange, end: RunEnd): Verdict {
  const { outcome, reason, note } = rollback;
  const message = `${past.revision} was rolled back: ${reason ?? 'it did not prove itself'}`;
  if (outcome === 'live') return failWith(info, past, { code: 'ROLLED_BACK', message, evidence: null });
  if (outcome !== 'failed') return end;
  return failWith(info, past, unexplained(`${past.revision} did badly and could not be rolled back: ${note}`));
}

type Why = Omit<LastError, 'next'>;

const unexplained = (message: string): Why => ({ code: 'REDEPLOY_FAILED', message, evidence: null });

/** With the change and its revision, for who looks at the run. */
function failWith({ name, source }: DeploymentInfo, { id, revision }: Failed, why: Why): FailedRun {
  const { code, message, evidence } = why;
  const error = new BerthError(isErrorCode(code) ? code : 'REDEPLOY_FAILED', message, {
    ...{ name, path: source.path, change: id },
    ...(revision !== null && { revision }),
    ...(evidence !== null && { evidence }),
  });
  return { failure: error.toRecord() };
}

type Failed = Pick<PastChange, 'id' | 'revision'>;
