import type { ApplicationFailure } from '@temporalio/workflow';
import type { Redeployment } from '../contract/change.js';
import { maxExamplesBytes } from '../contract/size-limits.js';
import type { DeploymentState } from '../contract/status.js';
import { codes } from '../errors.js';
import { isChangeWaiting } from './changes/change-queue.js';
import { measureExamples } from './continue-as-new.js';
import { findPreviousRevision, findRevision } from './revision/revision.js';
import type { WorkflowState } from './state/state.js';
import { toApplicationFailure } from './state/to-application-failure.js';

// What a message asks for must make sense in the deployment's state: else who asked is told, and nothing is recorded.

export const runningStates: readonly DeploymentState[] = ['running', 'unhealthy'];

const cleanupStates: readonly DeploymentState[] = ['cleaning', 'cleaned'];

export function requireState(workflow: WorkflowState, action: string, states: readonly DeploymentState[]): void {
  const { name, state } = workflow.info;
  if (!states.includes(state))
    throw createStateConflict(workflow, `cannot ${action} ${name}: it is ${state}, not ${states.join(' or ')}`);
}

export function requireWaiting(workflow: WorkflowState, action: string): void {
  const { name, state } = workflow.info;
  if (!isChangeWaiting(workflow))
    throw createStateConflict(workflow, `cannot ${action} ${name}: it is ${state}, not waiting`);
}

/** What is on its way is given up while an earlier revision serves; where nothing does, a cleanup ends it. */
export function requireAbandonable(workflow: WorkflowState): void {
  if (workflow.active === null || workflow.current === null) requireWaiting(workflow, 'abandon');
}

export function requireRedeployable(workflow: WorkflowState, redeployment: Redeployment): void {
  const { name, state } = workflow.info;
  if (cleanupStates.includes(state)) throw createStateConflict(workflow, `cannot redeploy ${name}: it is ${state}`);
  if (typeof redeployment?.changes !== 'object')
    throw createStateConflict(workflow, `cannot redeploy ${name}: no changes were given`);
  const { examples } = redeployment.changes;
  if (examples !== undefined && measureExamples(workflow, examples) > maxExamplesBytes)
    throw createTooLargeFailure(name);
}

export function requireRollbackTarget(workflow: WorkflowState, target: string | null): void {
  const { active, keptRevisions, info } = workflow;
  const { name } = info;
  if (active === null || cleanupStates.includes(info.state))
    throw createStateConflict(workflow, `cannot roll ${name} back: it is ${info.state}`);
  const found = target === null ? findPreviousRevision(workflow) : findRevision(workflow, target);
  const ids = keptRevisions.map(({ revision }) => revision.id).filter((id) => id !== active.revision);
  const rest = ids.length === 0 ? 'no other revision is kept' : `kept are ${ids.join(', ')}`;
  if (found === undefined)
    throw createStateConflict(workflow, `cannot roll ${name} back to ${target ?? 'an earlier revision'}: ${rest}`);
  if (found.revision.id === active.revision)
    throw createStateConflict(workflow, `cannot roll ${name} back to ${target}: it is the active one; ${rest}`);
}

function createStateConflict({ info: { name } }: WorkflowState, message: string): ApplicationFailure {
  const next = codes.STATE_CONFLICT.next.replace('{name}', name);
  return toApplicationFailure({ code: 'STATE_CONFLICT', message, next, details: { name } });
}

function createTooLargeFailure(name: string): ApplicationFailure {
  const message = `the examples of ${name}’s revisions would be larger than 1.5 MB together: give fewer or smaller ones`;
  return toApplicationFailure({
    code: 'EXAMPLES_INVALID',
    message,
    next: codes.EXAMPLES_INVALID.next,
    details: { name },
  });
}
