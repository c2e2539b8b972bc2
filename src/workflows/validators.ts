import type { ApplicationFailure } from '@temporalio/workflow';
import type { Redeployment } from '../contract/change.js';
import { maxExamplesBytes } from '../contract/size-limits.js';
import type { DeploymentState } from '../contract/status.js';
import { codes, type ErrorCode } from '../errors.js';
import { measureExamples } from './continue-as-new.js';
import { findPreviousRevision, findRevision } from './revision/kept-revisions.js';
import { getDeploymentState } from './state/describe-deployment.js';
import { isChangeWaiting, isCleaningUp, type WorkflowState } from './state/state.js';
import { toApplicationFailure } from './state/to-application-failure.js';

// Each validator throws when its message makes no sense in the deployment's state; then nothing is recorded.

export const runningStates: readonly DeploymentState[] = ['running', 'unhealthy'];

export function requireState(workflow: WorkflowState, action: string, states: readonly DeploymentState[]): void {
  const state = getDeploymentState(workflow);
  if (!states.includes(state))
    throw createStateConflict(
      workflow,
      `cannot ${action} ${workflow.config.name}: it is ${state}, not ${states.join(' or ')}`,
    );
}

export function requireWaiting(workflow: WorkflowState, action: string): void {
  if (!isChangeWaiting(workflow))
    throw createStateConflict(
      workflow,
      `cannot ${action} ${workflow.config.name}: it is ${getDeploymentState(workflow)}, not waiting`,
    );
}

/** Accepts a change in progress only while a revision serves; before that, a cleanup ends it. */
export function requireAbandonable(workflow: WorkflowState): void {
  if (workflow.active === null || workflow.current === null) requireWaiting(workflow, 'abandon');
}

export function requireRedeployable(workflow: WorkflowState, redeployment: Redeployment): void {
  const { name } = workflow.config;
  if (isCleaningUp(workflow)) throw createStateConflict(workflow, `cannot redeploy ${name}: it is ${workflow.state}`);
  if (typeof redeployment?.changes !== 'object')
    throw createStateConflict(workflow, `cannot redeploy ${name}: the message has no changes`);
  const { examples } = redeployment.changes;
  if (examples !== undefined && measureExamples(workflow, examples) > maxExamplesBytes)
    throw createFailure(
      workflow,
      'EXAMPLES_INVALID',
      `the examples of all revisions of ${name} would exceed 1.5 MB: pass fewer or smaller ones`,
    );
}

export function requireRollbackTarget(workflow: WorkflowState, target: string | null): void {
  const { active, keptRevisions, config } = workflow;
  const { name } = config;
  if (active === null || isCleaningUp(workflow))
    throw createStateConflict(workflow, `cannot roll back ${name}: it is ${getDeploymentState(workflow)}`);
  const candidate = target === null ? findPreviousRevision(workflow) : findRevision(workflow, target);
  const ids = keptRevisions.map(({ revision }) => revision.id).filter((id) => id !== active.revision);
  const others = ids.length === 0 ? 'no other revision is kept' : `kept revisions: ${ids.join(', ')}`;
  if (candidate === undefined)
    throw createStateConflict(workflow, `cannot roll back ${name} to ${target ?? 'an earlier revision'}: ${others}`);
  if (candidate.revision.id === active.revision)
    throw createStateConflict(workflow, `cannot roll back ${name} to ${target}: it is the active revision; ${others}`);
}

const createStateConflict = (workflow: WorkflowState, message: string): ApplicationFailure =>
  createFailure(workflow, 'STATE_CONFLICT', message);

function createFailure({ config: { name } }: WorkflowState, code: ErrorCode, message: string): ApplicationFailure {
  const next = codes[code].next.replace('{name}', name);
  return toApplicationFailure({ code, message, next, details: { name } });
}
