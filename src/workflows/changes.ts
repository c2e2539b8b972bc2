import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { RequestedChange } from '../contract/change.js';
import { codes, type ErrorRecord } from '../errors.js';
import { endBake } from './bake.js';
import { bringUp } from './bring-up.js';
import {
  closeChange,
  describeChange,
  type Ending,
  isWaiting,
  numberChange,
  queueChange,
  requestChange,
} from './change-queue.js';
import { Collection } from './collection.js';
import { asFailure, failureRecord } from './failures.js';
import { endsByItself, isTimeForNewRun } from './history.js';
import { LeftOvers } from './left-overs.js';
import type { ChangeRequest, Life, Retreat } from './life.js';
import { hurriesCleanup, makesWhatCameLate } from './patches.js';
import { resume } from './repair.js';
import { discardRevision, endRevision, findRevision, previousRevision, startRevision } from './revision.js';
import { advance, setChangeError, showChange } from './showing.js';
import { note } from './step-record.js';
import type { Supervision } from './supervision.js';
import { SwitchOver } from './switch-over.js';
import { beginRevision, findSame } from './work.js';

/**
 * Makes the changes of which revision callers reach, one at a time: at every moment the new revision is live, or it is as
 * before. One change waits for its turn at most; the newest request takes that place.
 */
export class Changes {
  private scope: CancellationScope | undefined;
  /** True when all is about to be undone. */
  private isHurried = false;
  private readonly leftOvers: LeftOvers;
  private readonly switchOver: SwitchOver;
  private readonly collection: Collection;

  constructor(
    private readonly life: Life,
    private readonly supervision: Supervision,
  ) {
    this.leftOvers = new LeftOvers(life);
    this.switchOver = new SwitchOver(life, supervision, this.leftOvers);
    this.collection = new Collection(life, this.leftOvers);
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
    this.scope?.cancel();
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
    this.scope?.cancel();
  }

  /** For a cleanup: calls that are still under way on a revision that was replaced are not waited for. */
  hurry(): void {
    if (!this.switchOver.isDraining || !hurriesCleanup()) return;
    this.isHurried = true;
    this.switchOver.hurry();
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
    else if (life.isAbandoned) return await this.giveUp({ outcome: 'abandoned', note: 'given up, its work is gone' });
    else if (life.resumption !== null) this.heed();
    else if (life.next !== null)
      return await this.giveUp({ outcome: 'superseded', note: `${life.next.id} takes its place` });
    await this.goOn();
  }

  /** Until it is over, waits, or makes room. Returns whether it was cancelled. */
  private async goOn(): Promise<boolean> {
    const scope = new CancellationScope();
    this.scope = scope;
    try {
      this.end(await scope.run(() => this.make()));
      return false;
    } catch (error) {
      if (isCancellation(error)) await this.leaveOff(error);
      else await this.fail(failureRecord(error));
      return isCancellation(error);
    }
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
    this.begin(
      numberChange(life, {
        ...{ kind: 'rollback', by: 'berth', reason: retreat.fall.message },
        ...{ redeployment: null, target: retreat.to },
      }),
    );
    endBake(life, retreat.fall.message);
    const isCancelled = await this.goOn();
    retreat.isAsked = false;
    Object.assign(life, { current, work, isAbandoned });
    life.info.change = change;
    showChange(life);
    if (isCancelled && current !== null && !isWaiting(life)) await this.giveUp(cancelled);
  }

  private beginNext(): void {
    const { life } = this;
    const { next } = life;
    if (next === null) throw new Error('a change begins when it was asked for');
    queueChange(life, null);
    this.begin(next);
  }

  private begin(change: ChangeRequest): void {
    const { life } = this;
    const { id, kind, by, reason } = change;
    const revision = life.work?.revision ?? null;
    life.current = change;
    life.info.change = { ...describeChange(change), revision, state: 'selecting', lastError: null };
    note(life, kind, `${id}, asked for by ${by}${reason === null ? '' : `: ${reason}`}`);
  }

  private heed(): void {
    const { life } = this;
    const { work, resumption, info } = life;
    if (work === null || resumption === null) throw new Error('what waits has work, and was told how to go on');
    resume(life, work, resumption);
    life.resumption = null;
    if (info.change !== null) info.change.lastError = null;
    if (life.active === null) info.lastError = null;
    advance(life, work.setting === null ? 'selecting' : 'adapting');
  }

  private make(): Promise<Ending> {
    const { current } = this.life;
    if (current === null) throw new Error('what is made was begun');
    return current.kind === 'rollback' ? this.rollBack(current) : this.redeploy(current);
  }

  private async redeploy(current: ChangeRequest): Promise<Ending> {
    const { life } = this;
    const same = life.work === null ? await findSame(life, current) : null;
    if (same !== null) return { outcome: 'unchanged', note: describeSame(life, same) };
    const work = life.work ?? beginRevision(life, current);
    const upcoming = await bringUp(life, work);
    await this.switchOver.to(upcoming, true);
    if (!this.isHurried) await this.collection.run();
    return { outcome: 'live', note: `${work.revision} is live` };
  }

  private async rollBack({ target }: ChangeRequest): Promise<Ending> {
    const { life } = this;
    const kept = target === null ? previousRevision(life) : findRevision(life, target);
    if (kept === undefined || kept.revision.id === life.active?.revision)
      return { outcome: 'failed', note: `there is no ${target ?? 'earlier revision'} to roll back to` };
    const { id } = kept.revision;
    if (life.info.change !== null) life.info.change.revision = id;
    const left = life.active?.revision;
    await this.switchOver.to({ revision: kept, handle: await startRevision(life, kept) }, false);
    life.info.revisions = life.info.revisions.map((one) => (one.id === left ? { ...one, state: 'rolled back' } : one));
    return { outcome: 'live', note: `${id} is live again` };
  }

  /** A cleanup cancels everything around; else it was this change alone, for good or for a while. */
  private async leaveOff(error: unknown): Promise<void> {
    if (CancellationScope.current().consideredCancelled) throw error;
    if (!this.life.retreat?.isAsked) await this.giveUp(cancelled);
  }

  /** A failure that keeps work waits; a wrong request, and what has no work, is over. */
  private async fail(failure: ErrorRecord): Promise<void> {
    const { life } = this;
    setChangeError(life, failure);
    if (!isFruitless(life, failure)) return advance(life, 'waiting');
    const ending = { outcome: 'failed', note: `${failure.code}: ${failure.message}` } as const;
    if (life.active !== null || life.next !== null) return await this.giveUp(ending);
    this.end(ending);
    throw asFailure(failure);
  }

  /** Undoes what the current change has made. The undo of a whole deployment needs no help. */
  private async giveUp(ending: Ending): Promise<void> {
    const { life } = this;
    const { work, info, active, next } = life;
    life.isAbandoned = false;
    const revision = info.change?.revision ?? null;
    if (active !== null || next !== null) {
      if (work !== null)
        await this.leftOvers.end(work.revision, 'discarded', () => discardRevision(life, work.revision));
      else if (revision !== null) await this.leftOvers.end(revision, 'stopped', () => endRevision(life, revision));
      life.work = null;
    }
    this.end(ending);
  }

  private end(ending: Ending): void {
    const { life } = this;
    const { current, info } = life;
    if (current === null) throw new Error('what ends was begun');
    closeChange(life, current, ending, info.change);
    life.current = null;
    info.change = null;
    showChange(life);
  }
}

const cancelled: Ending = { outcome: 'cancelled', note: 'it is as before' };

const describeSame = ({ active }: Life, revision: string): string =>
  `nothing differs from ${revision}${revision === active?.revision ? '' : ', which was rolled back'}`;

/** A cleanup ends what is waited for, and does not say so to each. */
const isEnding = ({ info }: Life): boolean => info.state === 'cleaning' || info.state === 'cleaned';

/** Nothing is worth keeping of a request that was wrong in itself, or for which no strategy could be selected. */
const isFruitless = ({ host, work }: Life, { code }: ErrorRecord): boolean =>
  host === null || work === null || (codes[code].ends && work.round.number === work.firstRound);
