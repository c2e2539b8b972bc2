import {
  allHandlersFinished,
  CancellationScope,
  ContinueAsNew,
  condition,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';
import type { Redeployment } from '../contract/change.js';
import type { DeployConfig } from '../contract/config.js';
import type { DeploymentInfo } from '../contract/status.js';
import { Changes } from './changes.js';
import { Cleanup } from './cleanup.js';
import { asFailure, failureRecord } from './failures.js';
import { continueInNewRun, type HandedOver, takeOver } from './hand-over.js';
import { isNewRunDue } from './history.js';
import { beginLife, type Life } from './life.js';
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
import { requireAbandonable, requireRedeployable, requireState, requireTarget, requireWaiting, up } from './require.js';
import { showDetails } from './showing.js';
import { note } from './step-record.js';
import { Supervision } from './supervision.js';

/**
 * The whole life of a deployment: it is brought up, kept alive and changed for as long as the user likes, and at the end
 * undone. A failure waits with its work kept; a wrong request is undone and fails. `carried` is the state of an earlier
 * run of the same workflow.
 */
export async function deployment(config: DeployConfig, carried?: HandedOver): Promise<DeploymentInfo> {
  const life = carried === undefined ? beginLife(config) : takeOver(carried);
  showDetails(life);
  const main = new CancellationScope();
  const supervision = new Supervision(life, {
    rollBack: (target, reason) => changes.request(rollback(target, 'berth', reason)),
    makeRoom: () => changes.makeRoom(),
  });
  const changes = new Changes(life, supervision);
  const cleanup = new Cleanup(life);
  handleMessages(life, main, { supervision, changes, cleanup });

  if (life.info.state !== 'cleaning') {
    try {
      await main.run(() => live(life, supervision, changes));
    } catch (error) {
      if (error instanceof ContinueAsNew) throw error;
      if (!isCancellation(error)) life.failure = failureRecord(error);
    }
  }
  await CancellationScope.nonCancellable(() => cleanup.run());
  if (life.failure !== undefined) throw asFailure(life.failure);
  return life.info;
}

/** Returns when the deployment is given up, throws when it must not go on; both end in the undo. */
async function live(life: Life, supervision: Supervision, changes: Changes): Promise<void> {
  if (life.active === null && !(await changes.makeFirst())) return;
  if (life.active !== null) await liveUntilNewRun(life, { supervision, changes });
  await condition(allHandlersFinished);
  await continueInNewRun(life);
}

/** Supervision and changes go on side by side, until a new run is due and finds neither in the middle of anything. */
async function liveUntilNewRun(life: Life, { supervision, changes }: Parts): Promise<void> {
  const parts = new CancellationScope();
  const isQuiet = () => supervision.isQuiet && changes.isQuiet && allHandlersFinished();
  try {
    await parts.run(async () => {
      const handOver = condition(() => isNewRunDue(life) && isQuiet()).then(() => parts.cancel());
      handOver.catch(() => undefined); // It was cancelled, and the parts tell of that themselves.
      await settle([supervision.run(), changes.run()]);
    });
  } catch (error) {
    if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
  }
}

/** Also of what fails the other part is waited for: what is cancelled ends before anything is undone. */
async function settle(parts: Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(parts)) if (result.status === 'rejected') throw result.reason;
}

interface Parts {
  supervision: Supervision;
  changes: Changes;
}

function handleMessages(
  life: Life,
  main: CancellationScope,
  { supervision, changes, cleanup }: Parts & { cleanup: Cleanup },
): void {
  const { info } = life;
  setHandler(statusQuery, () => info, { description: 'Where the deployment stands.' });
  const told = (what: string, by = 'the Web UI') => note(life, what, `asked for by ${by}`);
  setHandler(
    cleanupSignal,
    (by) => {
      told('cleanup', by);
      changes.hurry();
      cleanup.askAgain();
      main.cancel();
    },
    { description: 'Undo everything, from any state.' },
  );
  setHandler(
    stopUpdate,
    async (by) => {
      told('stop', by);
      await changes.cancel();
      return await supervision.stop();
    },
    { description: 'End the processes, keep all else.', validator: (_by) => requireState(life, 'stop', up) },
  );
  setHandler(
    startUpdate,
    async (by) => {
      told('start', by);
      return await supervision.start();
    },
    { description: 'Bring the same revision back.', validator: (_by) => requireState(life, 'start', ['stopped']) },
  );
  setHandler(
    resumeUpdate,
    (resumption, by) => {
      told('resume', by);
      life.resumption = resumption;
      return info;
    },
    { description: 'Go on with what waits.', validator: (_resumption, _by) => requireWaiting(life, 'resume') },
  );
  setHandler(
    abandonUpdate,
    async (by) => {
      told('abandon', by);
      await changes.abandon();
      return info;
    },
    { description: 'Give up what waits, or is on its way.', validator: (_by) => requireAbandonable(life) },
  );
  setHandler(redeployUpdate, (redeployment, by = 'the Web UI') => changes.request(redeploy(redeployment, by)), {
    description: 'Bring up a new revision while this one serves.',
    validator: (redeployment, _by) => requireRedeployable(life, redeployment),
  });
  setHandler(rollbackUpdate, (target, by = 'the Web UI') => changes.request(rollback(target, by, null)), {
    description: 'Go back to a kept revision.',
    validator: (target, _by) => requireTarget(life, target),
  });
}

const redeploy = (redeployment: Redeployment, by: string) =>
  ({ kind: 'redeploy', by, reason: null, redeployment, target: null }) as const;

const rollback = (target: string | null, by: string, reason: string | null) =>
  ({ kind: 'rollback', by, reason, redeployment: null, target }) as const;
