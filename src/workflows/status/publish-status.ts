import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { DeploymentState, LastError } from '../../contract/status.js';
import type { ErrorRecord } from '../../errors.js';
import type { RevisionStatus, WorkflowState } from '../state/state.js';
import { renderDetails } from './render-details.js';
import { searchAttributes } from './search-attributes.js';

// How a deployment shows itself: to `status`, to the server's index, and to a reader of the Web UI.

/** Before anything runs, the deployment is what its first revision is. */
export function updateRevisionStatus(workflow: WorkflowState, changes: Partial<RevisionStatus>): void {
  const { pendingRevision: pending, info, active } = workflow;
  if (pending !== null) Object.assign(pending.status, changes);
  if (active === null) Object.assign(info, changes);
}

/** Moves the change that is being made to a state. It is the deployment's own state unless an earlier revision serves. */
export function setChangeState(workflow: WorkflowState, state: DeploymentState): void {
  const { info, active } = workflow;
  if (info.change !== null) info.change.state = state;
  if (active === null || info.change === null) setDeploymentState(workflow, state);
  else publishChange(workflow);
}

/** Shows how the change is getting on while an earlier revision serves: a filter finds a redeploy that waits. */
export function publishChange(workflow: WorkflowState): void {
  const { info, active } = workflow;
  const state = active === null ? null : (info.change?.state ?? null);
  publishDetails(workflow);
  if (state === (workflow.listedChange ?? null)) return;
  workflow.listedChange = state;
  upsertSearchAttributes([{ key: searchAttributes.change, value: state }]);
}

/** Moves to a state and shows it: search attributes for filters, current details for a reader of the Web UI. */
export function setDeploymentState(workflow: WorkflowState, state: DeploymentState): void {
  workflow.info.state = state;
  publishDetails(workflow);
  const { info } = workflow;
  upsertSearchAttributes([
    { key: searchAttributes.state, value: state },
    ...(info.strategy === null ? [] : [{ key: searchAttributes.strategy, value: info.strategy }]),
    ...(info.revision === null ? [] : [{ key: searchAttributes.revision, value: info.revision }]),
    ...(info.host === null ? [] : [{ key: searchAttributes.host, value: info.host }]),
    ...(state === 'cleaning' && workflow.listedChange ? [{ key: searchAttributes.change, value: null }] : []),
  ]);
}

/** All of it, goal included: Temporal gives a run that takes over neither the summary nor the details of the first one. */
export function publishDetails({ info, config, keptRevisions }: WorkflowState): void {
  const active = keptRevisions.find(({ revision }) => revision.id === info.revision)?.config ?? config;
  setCurrentDetails(renderDetails(info, active.solution.goal));
}

export function setLastError(workflow: WorkflowState, record: ErrorRecord): void {
  workflow.info.lastError = toLastError(record);
}

/** Why the change that is being made does not go on; of a deployment that runs nothing else, also why that does not. */
export function setChangeError(workflow: WorkflowState, record: ErrorRecord): void {
  const { info, active } = workflow;
  if (info.change !== null) info.change.lastError = toChangeError(workflow, record);
  if (active === null) setLastError(workflow, record);
}

export const toLastError = ({ code, message, next, details }: ErrorRecord): LastError => ({
  ...{ code, message, next },
  evidence: details.fullEvidence ?? details.evidence ?? null,
  ...(details.candidates !== undefined && { candidates: details.candidates }),
});

/** What a deployment that exists is told to do is said to `redeploy`: its name is taken. */
function toChangeError({ active, info }: WorkflowState, record: ErrorRecord): LastError {
  const error = toLastError(record);
  if (active === null) return error;
  return {
    ...error,
    next: error.next.replace(/\bberth deploy ('(?:[^']|'\\'')*'|\S+)/, `berth redeploy ${info.name}`),
  };
}
