import {
  allHandlersFinished,
  CancellationScope,
  ContinueAsNew,
  condition,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';
import type { Redeployment } from '../contract/change.js';
import type { DeployConfig } from '../contract/deploy-config.js';
import type { DeploymentInfo } from '../contract/status.js';
import { ChangeExecutor } from './changes/change-executor.js';
import { Cleanup } from './cleanup.js';
import { type CarriedState, continueAsNew, unpackState } from './continue-as-new.js';
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
import { isContinueAsNewDue } from './state/history-limit.js';
import { createWorkflowState, type WorkflowState } from './state/state.js';
import { toApplicationFailure, toErrorRecord } from './state/to-application-failure.js';
import { publishDetails } from './status/publish-status.js';
import { recordEvent } from './status/step-record.js';
import { Supervision } from './supervision/supervision.js';
import {
  requireAbandonable,
  requireRedeployable,
  requireRollbackTarget,
  requireState,
  requireWaiting,
  runningStates,
} from './validators.js';

/**
 * The whole life of a deployment: it is brought up, kept alive and changed for as long as the user likes, and at the end
 * undone. A failure waits with its work kept; a wrong request is undone and fails. `carried` is the state of an earlier
 * run of the same workflow.
 */
export async function deployment(config: DeployConfig, carried?: CarriedState): Promise<DeploymentInfo> {
  const workflow = carried === undefined ? createWorkflowState(config) : unpackState(carried);
  publishDetails(workflow);
  const main = new CancellationScope();
  const supervision = new Supervision(workflow, {
    rollBack: (target, reason) => changes.request(buildRollbackRequest(target, 'berth', reason)),
    yieldToRollback: () => changes.yieldToRollback(),
  });
  const changes = new ChangeExecutor(workflow, supervision);
  const cleanup = new Cleanup(workflow);
  registerHandlers(workflow, main, { supervision, changes, cleanup });

  if (workflow.info.state !== 'cleaning') {
    try {
      await main.run(() => operate(workflow, supervision, changes));
    } catch (error) {
      if (error instanceof ContinueAsNew) throw error;
      if (!isCancellation(error)) workflow.failure = toErrorRecord(error);
    }
  }
  await CancellationScope.nonCancellable(() => cleanup.run());
  if (workflow.failure !== undefined) throw toApplicationFailure(workflow.failure);
  return workflow.info;
}

/** Returns when the deployment is given up, throws when it must not go on; both end in the undo. */
async function operate(workflow: WorkflowState, supervision: Supervision, changes: ChangeExecutor): Promise<void> {
  if (workflow.active === null && !(await changes.deployFirst())) return;
  if (workflow.active !== null) await operateUntilNewRun(workflow, { supervision, changes });
  await condition(allHandlersFinished);
  await continueAsNew(workflow);
}

/** Supervision and changes go on side by side, until a new run is due and finds neither in the middle of anything. */
async function operateUntilNewRun(workflow: WorkflowState, { supervision, changes }: Controllers): Promise<void> {
  const parts = new CancellationScope();
  const isQuiet = () => supervision.isIdle && changes.isIdle && allHandlersFinished();
  try {
    await parts.run(async () => {
      const handOver = condition(() => isContinueAsNewDue(workflow) && isQuiet()).then(() => parts.cancel());
      handOver.catch(() => undefined); // It was cancelled, and the parts tell of that themselves.
      await waitForAll([supervision.run(), changes.run()]);
    });
  } catch (error) {
    if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
  }
}

/** Also of what fails the other part is waited for: what is cancelled ends before anything is undone. */
async function waitForAll(parts: Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(parts)) if (result.status === 'rejected') throw result.reason;
}

interface Controllers {
  supervision: Supervision;
  changes: ChangeExecutor;
}

function registerHandlers(
  workflow: WorkflowState,
  main: CancellationScope,
  { supervision, changes, cleanup }: Controllers & { cleanup: Cleanup },
): void {
  const { info } = workflow;
  setHandler(statusQuery, () => info, { description: 'Where the deployment stands.' });
  const recordRequest = (what: string, by = 'the Web UI') => recordEvent(workflow, what, `asked for by ${by}`);
  setHandler(
    cleanupSignal,
    (by) => {
      recordRequest('cleanup', by);
      changes.skipDraining();
      cleanup.requestRetry();
      main.cancel();
    },
    { description: 'Undo everything, from any state.' },
  );
  setHandler(
    stopUpdate,
    async (by) => {
      recordRequest('stop', by);
      await changes.cancel();
      return await supervision.stop();
    },
    {
      description: 'End the processes, keep all else.',
      validator: (_by) => requireState(workflow, 'stop', runningStates),
    },
  );
  setHandler(
    startUpdate,
    async (by) => {
      recordRequest('start', by);
      return await supervision.start();
    },
    { description: 'Bring the same revision back.', validator: (_by) => requireState(workflow, 'start', ['stopped']) },
  );
  setHandler(
    resumeUpdate,
    (resumption, by) => {
      recordRequest('resume', by);
      workflow.resumption = resumption;
      return info;
    },
    { description: 'Go on with what waits.', validator: (_resumption, _by) => requireWaiting(workflow, 'resume') },
  );
  setHandler(
    abandonUpdate,
    async (by) => {
      recordRequest('abandon', by);
      await changes.abandon();
      return info;
    },
    { description: 'Give up what waits, or is on its way.', validator: (_by) => requireAbandonable(workflow) },
  );
  setHandler(
    redeployUpdate,
    (redeployment, by = 'the Web UI') => changes.request(buildRedeployRequest(redeployment, by)),
    {
      description: 'Bring up a new revision while this one serves.',
      validator: (redeployment, _by) => requireRedeployable(workflow, redeployment),
    },
  );
  setHandler(rollbackUpdate, (target, by = 'the Web UI') => changes.request(buildRollbackRequest(target, by, null)), {
    description: 'Go back to a kept revision.',
    validator: (target, _by) => requireRollbackTarget(workflow, target),
  });
}

const buildRedeployRequest = (redeployment: Redeployment, by: string) =>
  ({ kind: 'redeploy', by, reason: null, redeployment, target: null }) as const;

const buildRollbackRequest = (target: string | null, by: string, reason: string | null) =>
  ({ kind: 'rollback', by, reason, redeployment: null, target }) as const;
