import { type CallCounts, readCallCounts } from '../calls/call-counter.js';
import type { Handle, RunPlan } from '../contract/handle.js';
import { BerthError, type ErrorRecord } from '../errors.js';
import { type BerthHome, revisionDirectory } from '../home/home.js';
import type { Bake, SupervisionEvent } from './supervision-event.js';

/** A revision fails its bake with more failed calls than this, and a failure rate that rose by more than this. */
const maxFailures = 4;
const maxFailureRateIncrease = 0.2;

/** Compares the calls of a new revision with those of the one that it replaced. */
export class BakeJudge {
  private readonly previousState: string;

  constructor(
    home: BerthHome,
    private readonly plan: Handle['plan'],
    private readonly bake: Bake,
  ) {
    const { name, revision } = bake.previous;
    this.previousState = revisionDirectory(home, name, revision).state;
  }

  /** Returns undefined until the revision has failed its bake or passed it. */
  async judge(): Promise<SupervisionEvent | undefined> {
    const { plan, bake, previousState } = this;
    const [current, previous] = await Promise.all([readCallCounts(plan.stateDirectory), readCallCounts(previousState)]);
    const increase = computeFailureRate(current) - computeFailureRate(previous);
    if (current.failed > maxFailures && increase > maxFailureRateIncrease)
      return { event: 'failing', error: describeFailing(plan, current, previous) };
    return Date.now() >= Date.parse(bake.until) ? { event: 'baked' } : undefined;
  }
}

const computeFailureRate = ({ failed, ended }: CallCounts): number => (ended === 0 ? 0 : failed / ended);

function describeFailing({ deployment, revision }: RunPlan, current: CallCounts, previous: CallCounts): ErrorRecord {
  const comparison =
    previous.ended === 0 ? 'and none were made before' : `${previous.failed} of ${previous.ended} before`;
  const message = `${current.failed} of ${current.ended} calls of ${revision} failed, ${comparison}`;
  return new BerthError('CALLS_FAILING', message, { name: deployment, revision }).toRecord();
}
