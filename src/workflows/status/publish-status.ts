import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { DeploymentInfo, DeploymentState, LastError } from '../../contract/status.js';
import type { ErrorRecord } from '../../errors.js';
import { describeDeployment } from '../state/describe-deployment.js';
import type { PublishedAttributes, RevisionStatus, WorkflowState } from '../state/state.js';
import { renderDetails } from './render-details.js';
import { searchAttributes } from './search-attributes.js';

/**
 * Shows the deployment to readers of the Web UI (current details) and to filters (search attributes). The details
 * contain everything, including the goal, because Temporal passes neither summary nor details to a new run.
 */
export function publishStatus(workflow: WorkflowState): void {
  const info = describeDeployment(workflow);
  const active = workflow.keptRevisions.find(({ revision }) => revision.id === info.revision);
  setCurrentDetails(renderDetails(info, (active?.config ?? workflow.config).solution.goal));
  publishAttributes(workflow, listAttributes(info));
}

/** Lists the search attributes. `change` is separate, so that a filter finds a redeploy or rollback that waits. */
const listAttributes = ({ state, strategy, revision, host, change }: DeploymentInfo): PublishedAttributes => ({
  state,
  strategy,
  revision,
  host,
  change: revision === null ? null : (change?.state ?? null),
});

/** Sends the attributes that differ from those last sent: each call adds an event to the history. */
function publishAttributes(workflow: WorkflowState, attributes: PublishedAttributes): void {
  const { published } = workflow;
  const changed = attributeNames.filter((name) => (attributes[name] ?? null) !== (published[name] ?? null));
  if (changed.length === 0) return;
  workflow.published = attributes;
  upsertSearchAttributes(changed.map((name) => ({ key: searchAttributes[name], value: attributes[name] ?? null })));
}

const attributeNames = ['state', 'strategy', 'revision', 'host', 'change'] as const;

/** Updates the status of the pending revision. */
export function updateRevisionStatus({ pendingRevision }: WorkflowState, changes: Partial<RevisionStatus>): void {
  if (pendingRevision !== null) Object.assign(pendingRevision.status, changes);
}

export function setDeploymentState(workflow: WorkflowState, state: DeploymentState): void {
  workflow.state = state;
  publishStatus(workflow);
}

export function setChangeState(workflow: WorkflowState, state: DeploymentState): void {
  if (workflow.current !== null) workflow.current.state = state;
  publishStatus(workflow);
}

export function setLastError(workflow: WorkflowState, record: ErrorRecord): void {
  workflow.lastError = toLastError(record);
}

/** Records why the current change failed; until a revision serves, that is also the deployment's last error. */
export function setChangeError(workflow: WorkflowState, record: ErrorRecord): void {
  const { current, active } = workflow;
  if (current !== null) current.lastError = toChangeError(workflow, record);
  if (active === null) setLastError(workflow, record);
}

export const toLastError = ({ code, message, next, details }: ErrorRecord): LastError => ({
  code,
  message,
  next,
  evidence: details.fullEvidence ?? details.evidence ?? null,
  ...(details.candidates !== undefined && { candidates: details.candidates }),
});

/** Suggests `redeploy` where the record suggests `deploy`: the name of a running deployment is taken. */
function toChangeError({ active, config }: WorkflowState, record: ErrorRecord): LastError {
  const error = toLastError(record);
  if (active === null) return error;
  return {
    ...error,
    next: error.next.replace(/\bberth deploy ('(?:[^']|'\\'')*'|\S+)/, `berth redeploy ${config.name}`),
  };
}
