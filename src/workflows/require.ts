import type { ApplicationFailure } from '@temporalio/workflow';
import type { Redeployment } from '../contract/change.js';
import { largestExamples } from '../contract/limits.js';
import type { DeploymentState } from '../contract/status.js';
import { codes } from '../errors.js';
import { isWaiting } from './change-queue.js';
import { asFailure } from './failures.js';
import { measureExamples } from './hand-over.js';
import type { Life } from './life.js';
import { findRevision, previousRevision } from './revision.js';

// What a message asks for must make sense in the deployment's state: else who asked is told, and nothing is recorded.

export const up: readonly DeploymentState[] = ['running', 'unhealthy'];

const ending: readonly DeploymentState[] = ['cleaning', 'cleaned'];

export function requireState(life: Life, action: string, states: readonly DeploymentState[]): void {
  const { name, state } = life.info;
  if (!states.includes(state))
    throw conflict(life, `cannot ${action} ${name}: it is ${state}, not ${states.join(' or ')}`);
}

export function requireWaiting(life: Life, action: string): void {
  const { name, state } = life.info;
  if (!isWaiting(life)) throw conflict(life, `cannot ${action} ${name}: it is ${state}, not waiting`);
}

/** What is on its way is given up while an earlier revision serves; where nothing does, a cleanup ends it. */
export function requireAbandonable(life: Life): void {
  if (life.active === null || life.current === null) requireWaiting(life, 'abandon');
}

export function requireRedeployable(life: Life, redeployment: Redeployment): void {
  const { name, state } = life.info;
  if (ending.includes(state)) throw conflict(life, `cannot redeploy ${name}: it is ${state}`);
  if (typeof redeployment?.changes !== 'object') throw conflict(life, `cannot redeploy ${name}: no changes were given`);
  const { examples } = redeployment.changes;
  if (examples !== undefined && measureExamples(life, examples) > largestExamples) throw tooLarge(name);
}

export function requireTarget(life: Life, target: string | null): void {
  const { active, kept, info } = life;
  const { name } = info;
  if (active === null || ending.includes(info.state))
    throw conflict(life, `cannot roll ${name} back: it is ${info.state}`);
  const found = target === null ? previousRevision(life) : findRevision(life, target);
  const ids = kept.map(({ revision }) => revision.id).filter((id) => id !== active.revision);
  const rest = ids.length === 0 ? 'no other revision is kept' : `kept are ${ids.join(', ')}`;
  if (found === undefined)
    throw conflict(life, `cannot roll ${name} back to ${target ?? 'an earlier revision'}: ${rest}`);
  if (found.revision.id === active.revision)
    throw conflict(life, `cannot roll ${name} back to ${target}: it is the active one; ${rest}`);
}

function conflict({ info: { name } }: Life, message: string): ApplicationFailure {
  const next = codes.STATE_CONFLICT.next.replace('{name}', name);
  return asFailure({ code: 'STATE_CONFLICT', message, next, details: { name } });
}

function tooLarge(name: string): ApplicationFailure {
  const message = `the examples of ${name}’s revisions would be larger than 1.5 MB together: give fewer or smaller ones`;
  return asFailure({ code: 'EXAMPLES_INVALID', message, next: codes.EXAMPLES_INVALID.next, details: { name } });
}
