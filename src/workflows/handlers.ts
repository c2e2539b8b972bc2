import type { UpdateDefinition } from '@temporalio/common';
import { setHandler } from '@temporalio/workflow';
import type { Controllers } from './controllers.js';
import { MessageActions } from './message-actions.js';
import {
  abandonUpdate,
  cleanupSignal,
  redeployUpdate,
  resumeUpdate,
  rollbackUpdate,
  startUpdate,
  statusQuery,
  stopUpdate,
} from './messages.js';
import { describeDeployment } from './state/describe-deployment.js';
import type { WorkflowState } from './state/state.js';
import {
  requireAbandonable,
  requireRedeployable,
  requireRollbackTarget,
  requireState,
  requireWaiting,
  runningStates,
} from './validators.js';

/** Each message, its description in the Web UI, its validator and its action. */
export function registerHandlers(workflow: WorkflowState, controllers: Controllers): void {
  const actions = new MessageActions(workflow, controllers);
  setHandler(statusQuery, () => describeDeployment(workflow), { description: 'The state of the deployment.' });
  setHandler(cleanupSignal, (by) => actions.cleanUp(by), { description: 'Undo everything, from any state.' });
  onUpdate(stopUpdate, {
    description: 'Stop the software and keep everything else.',
    validator: (_by) => requireState(workflow, 'stop', runningStates),
    action: (by) => actions.stop(by),
  });
  onUpdate(startUpdate, {
    description: 'Start the active revision again.',
    validator: (_by) => requireState(workflow, 'start', ['stopped']),
    action: (by) => actions.start(by),
  });
  onUpdate(resumeUpdate, {
    description: 'Continue the change that waits.',
    validator: (_resumption, _by) => requireWaiting(workflow, 'resume'),
    action: (resumption, by) => actions.resume(resumption, by),
  });
  onUpdate(abandonUpdate, {
    description: 'Give up the current change.',
    validator: (_by) => requireAbandonable(workflow),
    action: (by) => actions.abandon(by),
  });
  onUpdate(redeployUpdate, {
    description: 'Deploy a new revision while the active one serves.',
    validator: (redeployment, _by) => requireRedeployable(workflow, redeployment),
    action: (redeployment, by) => actions.redeploy(redeployment, by),
  });
  onUpdate(rollbackUpdate, {
    description: 'Roll back to a kept revision.',
    validator: (target, _by) => requireRollbackTarget(workflow, target),
    action: (target, by) => actions.rollBack(target, by),
  });
}

interface UpdateHandler<Result, Args extends unknown[]> {
  description: string;
  /** Throws to reject the update; a rejected update adds nothing to the history. */
  validator: (...args: Args) => void;
  action: (...args: Args) => Result | Promise<Result>;
}

function onUpdate<Result, Args extends unknown[]>(
  update: UpdateDefinition<Result, Args>,
  { description, validator, action }: UpdateHandler<Result, Args>,
): void {
  setHandler(update, async (...args: Args) => await action(...args), { description, validator });
}
