import type { CurrentChange, RequestedChange } from '../../contract/change.js';
import type { DeploymentInfo, DeploymentState } from '../../contract/status.js';
import { createRevisionStatus } from './create-state.js';
import type {
  ChangeRequest,
  KeptRevision,
  RevisionStatus,
  CurrentChange as WorkflowChange,
  WorkflowState,
} from './state.js';

/** Returns what `status` answers, derived from the workflow's state. */
export function describeDeployment(workflow: WorkflowState): DeploymentInfo {
  const { config, active, host, restarts, lastError, steps, current, next, changes, bake, orphans } = workflow;
  return {
    name: config.name,
    state: getDeploymentState(workflow),
    ...getRevisionStatus(workflow),
    endpoint: findEndpoint(workflow),
    revision: active?.revision ?? null,
    revisions: listRevisions(workflow),
    restarts,
    lastError,
    webUrl: null, // the client knows the address of the Web UI
    host,
    steps,
    change: current === null ? null : describeCurrentChange(current),
    next: next === null ? null : describeChange(next),
    changes,
    bake,
    ...(orphans.length > 0 && { leftOvers: orphans.map(({ revision, message }) => ({ revision, message })) }),
  };
}

/** Returns the state of the deployment; until a revision serves, that is the state of the change that brings it up. */
export const getDeploymentState = ({ state, active, current }: WorkflowState): DeploymentState =>
  active === null && current !== null ? current.state : state;

export const describeChange = ({ id, kind, by, reason, requestedAt }: ChangeRequest): RequestedChange => ({
  id,
  kind,
  by,
  reason,
  requestedAt,
});

const describeCurrentChange = ({ revision, state, lastError, ...request }: WorkflowChange): CurrentChange => ({
  ...describeChange(request),
  revision,
  state,
  lastError,
});

function getRevisionStatus({ active, keptRevisions, pendingRevision, config }: WorkflowState): RevisionStatus {
  const kept = keptRevisions.find(({ revision }) => revision.id === active?.revision);
  return kept?.status ?? pendingRevision?.status ?? createRevisionStatus(config);
}

const findEndpoint = ({ active, state }: WorkflowState): string | null =>
  active === null || active.isStopped || state === 'cleaned' ? null : active.handle.endpoint;

function listRevisions({ keptRevisions, pendingRevision, active }: WorkflowState): DeploymentInfo['revisions'] {
  const describeState = ({ revision, isRolledBack }: KeptRevision) => {
    if (revision.id === active?.revision) return 'active';
    return isRolledBack ? 'rolled back' : 'kept';
  };
  const revisions = keptRevisions.map((kept) => describeRevision(kept, describeState(kept)));
  const verified = pendingRevision?.verified ?? null;
  return verified === null || keptRevisions.includes(verified)
    ? revisions
    : [...revisions, describeRevision(verified, 'verified')];
}

const describeRevision = ({ revision: { id, digest }, createdAt }: KeptRevision, state: string) => ({
  id,
  state,
  createdAt,
  digest,
});
