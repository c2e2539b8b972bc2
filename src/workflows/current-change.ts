import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { codes, type ErrorRecord } from '../errors.js';
import { bringUp } from './bring-up.js';
import { closeChange, describeChange, type Ending } from './change-queue.js';
import type { Collection } from './collection.js';
import { asFailure, failureRecord } from './failures.js';
import type { LeftOvers } from './left-overs.js';
import type { ChangeRequest, Life } from './life.js';
import { hurriesCleanup } from './patches.js';
import { resume } from './repair.js';
import { discardRevision, endRevision, findRevision, previousRevision, startRevision } from './revision.js';
import { advance, setChangeError, showChange } from './showing.js';
import { note } from './step-record.js';
import type { Supervision } from './supervision.js';
import { SwitchOver } from './switch-over.js';
import { beginRevision, findSame } from './work.js';

export const cancelled: Ending = { outcome: 'cancelled', note: 'it is as before' };

interface Around {
  supervision: Supervision;
  leftOvers: LeftOvers;
  collection: Collection;
}

/** The change that is on its way, from its beginning to its end: the new revision is live, or it is as before. */
export class CurrentChange {
  private scope: CancellationScope | undefined;
  /** True when all is about to be undone. */
  private isHurried = false;
  private readonly leftOvers: LeftOvers;
  private readonly collection: Collection;
  private readonly switchOver: SwitchOver;

  constructor(
    private readonly life: Life,
    { supervision, leftOvers, collection }: Around,
  ) {
    this.leftOvers = leftOvers;
    this.collection = collection;
    this.switchOver = new SwitchOver(life, supervision, leftOvers);
  }

  begin(change: ChangeRequest): void {
    const { life } = this;
    const { id, kind, by, reason } = change;
    const revision = life.work?.revision ?? null;
    life.current = change;
    life.info.change = { ...describeChange(change), revision, state: 'selecting', lastError: null };
    note(life, kind, `${id}, asked for by ${by}${reason === null ? '' : `: ${reason}`}`);
  }

  /** What waited goes on as it was told to. */
  heed(): void {
    const { life } = this;
    const { work, resumption, info } = life;
    if (work === null || resumption === null) throw new Error('what waits has work, and was told how to go on');
    resume(life, work, resumption);
    life.resumption = null;
    if (info.change !== null) info.change.lastError = null;
    if (life.active === null) info.lastError = null;
    advance(life, work.setting === null ? 'selecting' : 'adapting');
  }

  /** Until it is over, waits, or makes room. Returns whether it was cancelled. */
  async goOn(): Promise<boolean> {
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

  /** Ends what is being made of it now. */
  cancel(): void {
    this.scope?.cancel();
  }

  /** For a cleanup: calls that are still under way on a revision that was replaced are not waited for. */
  hurry(): void {
    if (!this.switchOver.isDraining || !hurriesCleanup()) return;
    this.isHurried = true;
    this.switchOver.hurry();
  }

  /** Undoes what the current change has made. The undo of a whole deployment needs no help. */
  async giveUp(ending: Ending): Promise<void> {
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

const describeSame = ({ active }: Life, revision: string): string =>
  `nothing differs from ${revision}${revision === active?.revision ? '' : ', which was rolled back'}`;

/** Nothing is worth keeping of a request that was wrong in itself, or for which no strategy could be selected. */
const isFruitless = ({ host, work }: Life, { code }: ErrorRecord): boolean =>
  host === null || work === null || (codes[code].ends && work.round.number === work.firstRound);
