import { condition } from '@temporalio/workflow';
import type { RequestedChange } from '../contract/change.js';
import { endBake } from './bake.js';
import { closeChange, isWaiting, numberChange, queueChange, requestChange } from './change-queue.js';
import { Collection } from './collection.js';
import { CurrentChange, cancelled } from './current-change.js';
import { endsByItself, isTimeForNewRun } from './history.js';
import { LeftOvers } from './left-overs.js';
import type { ChangeRequest, Life, Retreat } from './life.js';
import { makesWhatCameLate } from './patches.js';
import { showChange } from './showing.js';
import { note } from './step-record.js';
import type { Supervision } from './supervision.js';

/**
 * Makes the changes of which revision callers reach, one at a time: at every moment the new revision is live, or it is as
 * before. One change waits for its turn at most; the newest request takes that place.
 */
export class Changes {
  private readonly leftOvers: LeftOvers;
  private readonly collection: Collection;
  private readonly currentChange: CurrentChange;

  constructor(
    private readonly life: Life,
    private readonly supervision: Supervision,
  ) {
    this.leftOvers = new LeftOvers(life);
    this.collection = new Collection(life, this.leftOvers);
    const { leftOvers, collection } = this;
    this.currentChange = new CurrentChange(life, { supervision, leftOvers, collection });
  }

  /** The first deployment. False when it is given up; also returns when the history is long enough for a new run. */
  async makeFirst(): Promise<boolean> {
    const { life } = this;
    while (life.active === null && (await this.isAsked(isTimeForNewRun))) {
      await this.makeOne();
      if (life.active === null && life.current === null && life.next === null) return false;
    }
    return true;
  }

  /** Until it is cancelled. Of an earlier run: until it ends by itself, and then whatever comes late. */
  async run(): Promise<void> {
    do while (await this.isAsked(endsByItself)) await this.makeOne();
    while (await this.isAskedLate());
  }

  /** True while no change is on its way, or asked for, and nothing is removed. */
  get isQuiet(): boolean {
    return !this.hasWork() && !this.leftOvers.isBusy;
  }

  /** Asks for a change, which takes the place of one that waits for its turn. */
  request(asked: Omit<ChangeRequest, 'id' | 'requestedAt'>): RequestedChange {
    return requestChange(this.life, asked);
  }

  /** Ends the change that is on its way and drops the one that waits for its turn. Resolves when all of it is undone. */
  async cancel(): Promise<void> {
    const { life } = this;
    const { next } = life;
    if (life.retreat?.isAsked) life.retreat = null;
    queueChange(life, null);
    if (next !== null) closeChange(life, next, { outcome: 'cancelled', note: 'before it began' });
    if (life.current === null || isWaiting(life)) return;
    this.currentChange.cancel();
    await condition(() => life.current === null || isWaiting(life) || isEnding(life));
  }

  /** Gives up the change that waits, or the one that is on its way while an earlier revision serves. */
  async abandon(): Promise<void> {
    const { life } = this;
    if (!isWaiting(life)) return await this.cancel();
    life.isAbandoned = true;
    if (life.active !== null) await condition(() => life.current === null || isEnding(life));
  }

  /** What is on its way makes room for the way back, and goes on where it is when that is over. */
  makeRoom(): void {
    const { current } = this.life;
    if (current === null || isWaiting(this.life)) return;
    note(this.life, current.kind, `${current.id} makes room for a rollback`);
    this.currentChange.cancel();
  }

  /** For a cleanup: calls that are still under way on a revision that was replaced are not waited for. */
  hurry(): void {
    this.currentChange.hurry();
  }

  /** Resolves with true as soon as there is something to do, with false when a new run is to take over. */
  private async isAsked(isOver: (life: Life) => boolean): Promise<boolean> {
    await this.leftOvers.endUntil(() => this.hasWork() || isOver(this.life));
    return this.hasWork();
  }

  /** Resolves with false when supervision has ended, too: the new run makes what it is asked for. */
  private async isAskedLate(): Promise<boolean> {
    const { supervision } = this;
    await condition(() => supervision.isOver || (this.hasWork() && makesWhatCameLate()));
    return !supervision.isOver;
  }

  private hasWork(): boolean {
    const { current, next, isAbandoned, resumption, retreat } = this.life;
    if (retreat?.isAsked) return true;
    if (current === null) return next !== null || this.collection.isDue;
    return !isWaiting(this.life) || isAbandoned || resumption !== null || next !== null;
  }

  /** A change from its beginning, or on from where it waited: until it is over, or waits. */
  private async makeOne(): Promise<void> {
    const { life } = this;
    if (life.retreat?.isAsked) return await this.goBack(life.retreat);
    if (life.current === null && life.next === null) return await this.collection.run();
    if (life.current === null) this.beginNext();
    else if (life.isAbandoned)
      return await this.currentChange.giveUp({ outcome: 'abandoned', note: 'given up, its work is gone' });
    else if (life.resumption !== null) this.currentChange.heed();
    else if (life.next !== null)
      return await this.currentChange.giveUp({ outcome: 'superseded', note: `${life.next.id} takes its place` });
    await this.currentChange.goOn();
  }

  /**
   * The rollback of what did badly in its bake goes before all else: the revision before it does not wait for its
   * successor. What was on its way goes on after that, and what waited waits.
   */
  private async goBack(retreat: Retreat): Promise<void> {
    const { life } = this;
    const { current, work, isAbandoned } = life;
    const { change } = life.info;
    life.work = null;
    this.currentChange.begin(
      numberChange(life, {
        ...{ kind: 'rollback', by: 'berth', reason: retreat.fall.message },
        ...{ redeployment: null, target: retreat.to },
      }),
    );
    endBake(life, retreat.fall.message);
    const isCancelled = await this.currentChange.goOn();
    retreat.isAsked = false;
    Object.assign(life, { current, work, isAbandoned });
    life.info.change = change;
    showChange(life);
    if (isCancelled && current !== null && !isWaiting(life)) await this.currentChange.giveUp(cancelled);
  }

  private beginNext(): void {
    const { life } = this;
    const { next } = life;
    if (next === null) throw new Error('a change begins when it was asked for');
    queueChange(life, null);
    this.currentChange.begin(next);
  }
}

/** A cleanup ends what is waited for, and does not say so to each. */
const isEnding = ({ info }: Life): boolean => info.state === 'cleaning' || info.state === 'cleaned';
