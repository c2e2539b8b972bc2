import { condition } from '@temporalio/workflow';
import type { RequestedChange } from '../../contract/change.js';
import { makesWhatCameLate } from '../patches.js';
import { OrphanedRevisions } from '../revision/orphaned-revisions.js';
import { RevisionPruner } from '../revision/revision-pruner.js';
import { canContinueAsNew, endsIndependently } from '../state/history-limit.js';
import type { ChangeRequest, PendingRollback, WorkflowState } from '../state/state.js';
import { publishChange } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';
import { endBake } from '../supervision/bake.js';
import type { Supervision } from '../supervision/supervision.js';
import { closeChange, createChangeRequest, isChangeWaiting, queueChange, requestChange } from './change-queue.js';
import { CurrentChange, canceledResult } from './current-change.js';

/**
 * Makes the changes of which revision callers reach, one at a time: at every moment the new revision is live, or it is as
 * before. One change waits for its turn at most; the newest request takes that place.
 */
export class ChangeExecutor {
  private readonly orphans: OrphanedRevisions;
  private readonly pruner: RevisionPruner;
  private readonly currentChange: CurrentChange;

  constructor(
    private readonly workflow: WorkflowState,
    private readonly supervision: Supervision,
  ) {
    this.orphans = new OrphanedRevisions(workflow);
    this.pruner = new RevisionPruner(workflow, this.orphans);
    const { orphans, pruner } = this;
    this.currentChange = new CurrentChange(workflow, { supervision, orphans, pruner });
  }

  /** The first deployment. False when it is given up; also returns when the history is long enough for a new run. */
  async deployFirst(): Promise<boolean> {
    const { workflow } = this;
    while (workflow.active === null && (await this.waitForWork(canContinueAsNew))) {
      await this.executeNext();
      if (workflow.active === null && workflow.current === null && workflow.next === null) return false;
    }
    return true;
  }

  /** Until it is cancelled. Of an earlier run: until it ends by itself, and then whatever comes late. */
  async run(): Promise<void> {
    do while (await this.waitForWork(endsIndependently)) await this.executeNext();
    while (await this.waitForLateWork());
  }

  /** True while no change is on its way, or asked for, and nothing is removed. */
  get isIdle(): boolean {
    return !this.hasWork() && !this.orphans.isBusy;
  }

  /** Asks for a change, which takes the place of one that waits for its turn. */
  request(changeRequest: Omit<ChangeRequest, 'id' | 'requestedAt'>): RequestedChange {
    return requestChange(this.workflow, changeRequest);
  }

  /** Ends the change that is on its way and drops the one that waits for its turn. Resolves when all of it is undone. */
  async cancel(): Promise<void> {
    const { workflow } = this;
    const { next } = workflow;
    if (workflow.pendingRollback?.isRequested) workflow.pendingRollback = null;
    queueChange(workflow, null);
    if (next !== null) closeChange(workflow, next, { outcome: 'cancelled', summary: 'before it began' });
    if (workflow.current === null || isChangeWaiting(workflow)) return;
    this.currentChange.cancel();
    await condition(() => workflow.current === null || isChangeWaiting(workflow) || isCleaningUp(workflow));
  }

  /** Gives up the change that waits, or the one that is on its way while an earlier revision serves. */
  async abandon(): Promise<void> {
    const { workflow } = this;
    if (!isChangeWaiting(workflow)) return await this.cancel();
    workflow.isAbandoned = true;
    if (workflow.active !== null) await condition(() => workflow.current === null || isCleaningUp(workflow));
  }

  /** What is on its way makes room for the way back, and goes on where it is when that is over. */
  yieldToRollback(): void {
    const { current } = this.workflow;
    if (current === null || isChangeWaiting(this.workflow)) return;
    recordEvent(this.workflow, current.kind, `${current.id} makes room for a rollback`);
    this.currentChange.cancel();
  }

  /** For a cleanup: calls that are still under way on a revision that was replaced are not waited for. */
  skipDraining(): void {
    this.currentChange.skipDraining();
  }

  /** Resolves with true as soon as there is something to do, with false when a new run is to take over. */
  private async waitForWork(isOver: (workflow: WorkflowState) => boolean): Promise<boolean> {
    await this.orphans.retryUntil(() => this.hasWork() || isOver(this.workflow));
    return this.hasWork();
  }

  /** Resolves with false when supervision has ended, too: the new run makes what it is asked for. */
  private async waitForLateWork(): Promise<boolean> {
    const { supervision } = this;
    await condition(() => supervision.hasEnded || (this.hasWork() && makesWhatCameLate()));
    return !supervision.hasEnded;
  }

  private hasWork(): boolean {
    const { current, next, isAbandoned, resumption, pendingRollback } = this.workflow;
    if (pendingRollback?.isRequested) return true;
    if (current === null) return next !== null || this.pruner.isDue;
    return !isChangeWaiting(this.workflow) || isAbandoned || resumption !== null || next !== null;
  }

  /** A change from its beginning, or on from where it waited: until it is over, or waits. */
  private async executeNext(): Promise<void> {
    const { workflow } = this;
    if (workflow.pendingRollback?.isRequested) return await this.executeRollback(workflow.pendingRollback);
    if (workflow.current === null && workflow.next === null) return await this.pruner.prune();
    if (workflow.current === null) this.beginNext();
    else if (workflow.isAbandoned)
      return await this.currentChange.abandon({ outcome: 'abandoned', summary: 'given up, its work is gone' });
    else if (workflow.resumption !== null) this.currentChange.applyResumption();
    else if (workflow.next !== null)
      return await this.currentChange.abandon({
        outcome: 'superseded',
        summary: `${workflow.next.id} takes its place`,
      });
    await this.currentChange.execute();
  }

  /**
   * The rollback of what did badly in its bake goes before all else: the revision before it does not wait for its
   * successor. What was on its way goes on after that, and what waited waits.
   */
  private async executeRollback(retreat: PendingRollback): Promise<void> {
    const { workflow } = this;
    const { current, pendingRevision: pending, isAbandoned } = workflow;
    const { change } = workflow.info;
    workflow.pendingRevision = null;
    this.currentChange.begin(
      createChangeRequest(workflow, {
        ...{ kind: 'rollback', by: 'berth', reason: retreat.failure.message },
        ...{ redeployment: null, target: retreat.to },
      }),
    );
    endBake(workflow, retreat.failure.message);
    const isCancelled = await this.currentChange.execute();
    retreat.isRequested = false;
    Object.assign(workflow, { current, pendingRevision: pending, isAbandoned });
    workflow.info.change = change;
    publishChange(workflow);
    if (isCancelled && current !== null && !isChangeWaiting(workflow)) await this.currentChange.abandon(canceledResult);
  }

  private beginNext(): void {
    const { workflow } = this;
    const { next } = workflow;
    if (next === null) throw new Error('a change begins when it was asked for');
    queueChange(workflow, null);
    this.currentChange.begin(next);
  }
}

/** A cleanup ends what is waited for, and does not say so to each. */
const isCleaningUp = ({ info }: WorkflowState): boolean => info.state === 'cleaning' || info.state === 'cleaned';
