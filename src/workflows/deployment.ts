import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  ContinueAsNew,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { DeployConfig } from '../contract/config.js';
import type { Resumption } from '../contract/round.js';
import type { DeploymentInfo } from '../contract/status.js';
import { codes, type ErrorRecord } from '../errors.js';
import { bringUp } from './bring-up.js';
import { isHistoryLong } from './history.js';
import { beginLife, enter, failureRecord, type Life, setLastError, showDetails } from './life.js';
import { abandonUpdate, cleanupSignal, resumeUpdate, startUpdate, statusQuery, stopUpdate } from './messages.js';
import { resume } from './repair.js';
import { undoingOn } from './steps.js';
import { Supervision } from './supervision.js';

/**
 * The whole life of a deployment: it is brought up, kept alive for as long as the user likes, and at the end undone.
 * A failure waits with its work kept; a wrong request is undone and fails. `carried` is the state of an earlier run of
 * the same workflow.
 */
export async function deployment(config: DeployConfig, carried?: Life): Promise<DeploymentInfo> {
  const life = carried ?? beginLife(config);
  const main = new CancellationScope();
  const supervision = new Supervision(life);
  handleMessages(life, main, supervision);

  let failure: unknown;
  try {
    await main.run(() => live(life, supervision));
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    if (!isCancellation(error)) failure = error;
  }
  await CancellationScope.nonCancellable(() => cleanUp(life));
  if (failure !== undefined) throw failure;
  return life.info;
}

/** Returns when the deployment is given up, throws when it must not go on; both end in the undo. */
async function live(life: Life, supervision: Supervision): Promise<void> {
  if (life.handle === null && !(await isBroughtUp(life))) return;
  await supervision.run();
  await goOnAsNew(life);
}

async function goOnAsNew(life: Life): Promise<void> {
  await condition(allHandlersFinished);
  await continueAsNew<typeof deployment>(life.config, life);
}

/** Brings it up; a failure that keeps work waits here, for as long as the user likes. False when it is given up. */
async function isBroughtUp(life: Life): Promise<boolean> {
  for (;;) {
    try {
      if (life.info.state !== 'waiting') {
        await bringUp(life);
        return true;
      }
    } catch (error) {
      if (isCancellation(error)) throw error;
      const record = failureRecord(error);
      setLastError(life, record);
      if (isFruitless(life, record)) throw ApplicationFailure.nonRetryable(record.message, record.code, record);
      enter(life, 'waiting');
    }
    await condition(() => life.isAbandoned || life.resumption !== null || isHistoryLong(life));
    if (life.isAbandoned) return false;
    if (life.resumption === null) await goOnAsNew(life);
    else heed(life, life.resumption);
  }
}

/** Nothing is worth keeping of a request that was wrong in itself, or for which no strategy could be selected. */
const isFruitless = ({ host, round }: Life, { code }: ErrorRecord): boolean =>
  host === null || (codes[code].ends && round.number === 1);

function heed(life: Life, resumption: Resumption): void {
  resume(life, resumption);
  life.resumption = null;
  enter(life, life.setting === null ? 'selecting' : 'adapting');
}

function handleMessages(life: Life, main: CancellationScope, supervision: Supervision): void {
  setHandler(statusQuery, () => life.info, { description: 'Where the deployment stands.' });
  setHandler(cleanupSignal, () => main.cancel(), { description: 'Undo everything, from any state.' });
  setHandler(stopUpdate, () => supervision.stop(), {
    description: 'End the processes, keep all else.',
    validator: () => requireState(life, 'stop', ['running', 'unhealthy']),
  });
  setHandler(startUpdate, () => supervision.start(), {
    description: 'Bring the same revision back.',
    validator: () => requireState(life, 'start', ['stopped']),
  });
  setHandler(
    resumeUpdate,
    (resumption: Resumption) => {
      life.resumption = resumption;
      return life.info;
    },
    {
      description: 'Go on with what waits.',
      validator: (_resumption: Resumption) => requireState(life, 'resume', ['waiting']),
    },
  );
  setHandler(
    abandonUpdate,
    () => {
      life.isAbandoned = true;
      return life.info;
    },
    { description: 'Give up what waits.', validator: () => requireState(life, 'abandon', ['waiting']) },
  );
}

function requireState(life: Life, action: string, states: DeploymentInfo['state'][]): void {
  const { name, state } = life.info;
  if (states.includes(state)) return;
  const message = `cannot ${action} ${name}: it is ${state}, not ${states.join(' or ')}`;
  const next = codes.STATE_CONFLICT.next.replace('{name}', name);
  throw ApplicationFailure.nonRetryable(message, 'STATE_CONFLICT', {
    code: 'STATE_CONFLICT',
    message,
    next,
    details: { name },
  });
}

/** Undoes everything, for as long as that takes. It says `cleaned` only of what is proven gone. */
async function cleanUp(life: Life): Promise<void> {
  enter(life, 'cleaning');
  for (let pause = 10; life.host !== null; pause = Math.min(pause * 2, 600)) {
    try {
      await undoingOn(life.host).undoDeployment.executeWithOptions({ summary: `undo all of ${life.info.name}` }, [
        { name: life.info.name },
      ]);
      life.host = null;
    } catch (error) {
      setLastError(life, failureRecord(error));
      showDetails(life);
      await sleep(`${pause}s`, { summary: 'before the undo is tried again' });
    }
  }
  life.info.endpoint = null;
  if (life.info.lastError?.code === 'UNDO_INCOMPLETE') life.info.lastError = null;
  enter(life, 'cleaned');
  await condition(allHandlersFinished);
}
