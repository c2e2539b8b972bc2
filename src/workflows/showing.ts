import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { DeploymentState, LastError } from '../contract/status.js';
import type { ErrorRecord } from '../errors.js';
import { describeLife } from './details.js';
import type { Life, Shown } from './life.js';
import { searchAttributes } from './search-attributes.js';

// How a deployment shows itself: to `status`, to the server's index, and to a reader of the Web UI.

/** Before anything runs, the deployment is what its first revision is. */
export function show(life: Life, shown: Partial<Shown>): void {
  const { work, info, active } = life;
  if (work !== null) Object.assign(work.shown, shown);
  if (active === null) Object.assign(info, shown);
}

/** Moves the change that is being made to a state. It is the deployment's own state unless an earlier revision serves. */
export function advance(life: Life, state: DeploymentState): void {
  const { info, active } = life;
  if (info.change !== null) info.change.state = state;
  if (active === null || info.change === null) enter(life, state);
  else showChange(life);
}

/** Shows how the change is getting on while an earlier revision serves: a filter finds a redeploy that waits. */
export function showChange(life: Life): void {
  const { info, active } = life;
  const state = active === null ? null : (info.change?.state ?? null);
  showDetails(life);
  if (state === (life.listedChange ?? null)) return;
  life.listedChange = state;
  upsertSearchAttributes([{ key: searchAttributes.change, value: state }]);
}

/** Moves to a state and shows it: search attributes for filters, current details for a reader of the Web UI. */
export function enter(life: Life, state: DeploymentState): void {
  life.info.state = state;
  showDetails(life);
  const { info } = life;
  upsertSearchAttributes([
    { key: searchAttributes.state, value: state },
    ...(info.strategy === null ? [] : [{ key: searchAttributes.strategy, value: info.strategy }]),
    ...(info.revision === null ? [] : [{ key: searchAttributes.revision, value: info.revision }]),
    ...(info.host === null ? [] : [{ key: searchAttributes.host, value: info.host }]),
    ...(state === 'cleaning' && life.listedChange ? [{ key: searchAttributes.change, value: null }] : []),
  ]);
}

/** All of it, goal included: Temporal gives a run that takes over neither the summary nor the details of the first one. */
export function showDetails({ info, config, kept }: Life): void {
  const active = kept.find(({ revision }) => revision.id === info.revision)?.config ?? config;
  setCurrentDetails(describeLife(info, active.solution.goal));
}

export function setLastError(life: Life, record: ErrorRecord): void {
  life.info.lastError = asLastError(record);
}

/** Why the change that is being made does not go on; of a deployment that runs nothing else, also why that does not. */
export function setChangeError(life: Life, record: ErrorRecord): void {
  const { info, active } = life;
  if (info.change !== null) info.change.lastError = asErrorOfChange(life, record);
  if (active === null) setLastError(life, record);
}

export const asLastError = ({ code, message, next, details }: ErrorRecord): LastError => ({
  ...{ code, message, next },
  evidence: details.fullEvidence ?? details.evidence ?? null,
  ...(details.candidates !== undefined && { candidates: details.candidates }),
});

/** What a deployment that exists is told to do is said to `redeploy`: its name is taken. */
function asErrorOfChange({ active, info }: Life, record: ErrorRecord): LastError {
  const error = asLastError(record);
  if (active === null) return error;
  return {
    ...error,
    next: error.next.replace(/\bberth deploy ('(?:[^']|'\\'')*'|\S+)/, `berth redeploy ${info.name}`),
  };
}
