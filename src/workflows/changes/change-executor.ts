import { condition } from '@temporalio/workflow';
import type { RequestedChange } from '../../contract/change.js';
import { canContinueAsNew } from '../state/history-limit.js';
import { isChangeWaiting, isCleaningUp, type PendingRollback, type WorkflowState } from '../state/state.js';
import { publishStatus } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';
import { endBake } from '../supervision/bake.js';
import type { Supervision } from '../supervision/supervision.js';
import { closeChange, createChangeRequest, type NewRequest, requestChange } from './change-queue.js';
import { type ChangeSteps, CurrentChange, canceledResult } from './current-change.js';
import { Cutover } from './cutover.js';
import { OrphanedRevisions } from './orphaned-revisions.js';
import { RevisionPruner } from './revision-pruner.js';

/**
 * Executes the changes of the active revision one at a time. At every moment callers reach either the new revision or
 * the previous one. At most one change waits for its turn; a newer request supersedes it.
 */
export class ChangeExecutor {
  private readonly orphans: OrphanedRevisions;
  private readonly pruner: RevisionPruner;
  private readonly currentChange: CurrentChange;

  constructor(
    private readonly workflow: WorkflowState,
    supervision: Supervision,
    steps: ChangeSteps,
  ) {
    this.orphans = new OrphanedRevisions(workflow);
    this.pruner = new RevisionPruner(workflow, this.orphans);
    const { orphans, pruner } = this;
    const cutover = new Cutover(workflow, supervision, orphans);
    this.currentChange = new CurrentChange(workflow, steps, { cutover, orphans, pruner });
  }

  /** Deploys the first revision. Returns false if it is abandoned; also returns when a new run is due. */
  async deployFirst(): Promise<boolean> {
    const { workflow } = this;
    while (workflow.active === null && (await this.waitForWork())) {
      await this.executeNext();
      if (workflow.active === null && workflow.current === null && workflow.next === null) return false;
    }
    return true;
  }

  /** Executes changes until it is canceled. */
  async run(): Promise<void> {
    for (;;) {
      await this.orphans.retryUntil(() => this.hasWork());
      await this.executeNext();
    }
  }

  /** True while no change is in progress or requested, and nothing is being removed. */
  get isIdle(): boolean {
    return !this.hasWork() && !this.orphans.isBusy;
  }

  /** Requests a change, which supersedes the one that waits for its turn. */
  request(request: NewRequest): RequestedChange {
    return requestChange(this.workflow, request);
  }

  /** Drops the queued change and cancels the current one. Resolves when that is undone. */
  async cancel(): Promise<void> {
    const { workflow } = this;
    const { next } = workflow;
    if (workflow.pendingRollback?.isRequested) workflow.pendingRollback = null;
    workflow.next = null;
    if (next !== null) closeChange(workflow, next, { outcome: 'cancelled', summary: 'before it began' });
    if (workflow.current === null || isChangeWaiting(workflow)) return;
    this.currentChange.cancel();
    await condition(() => workflow.current === null || isChangeWaiting(workflow) || isCleaningUp(workflow));
  }

  /** Abandons the change that waits, or cancels the one in progress. */
  async abandon(): Promise<void> {
    const { workflow } = this;
    if (!isChangeWaiting(workflow)) return await this.cancel();
    workflow.isAbandoned = true;
    if (workflow.active !== null) await condition(() => workflow.current === null || isCleaningUp(workflow));
  }

  /** Interrupts the change in progress, which continues after the rollback. */
  yieldToRollback(): void {
    const { current } = this.workflow;
    if (current === null || isChangeWaiting(this.workflow)) return;
    recordEvent(this.workflow, current.kind, `${current.id} is interrupted by a rollback`);
    this.currentChange.cancel();
  }

  /** Stops waiting for calls on a replaced revision, because a cleanup ends them anyway. */
  skipDraining(): void {
    this.currentChange.skipDraining();
  }

  /** Resolves with true when there is something to execute, with false when a new run is due. */
  private async waitForWork(): Promise<boolean> {
    await this.orphans.retryUntil(() => this.hasWork() || canContinueAsNew(this.workflow));
    return this.hasWork();
  }

  private hasWork(): boolean {
    const { current, next, isAbandoned, resumption, pendingRollback } = this.workflow;
    if (pendingRollback?.isRequested) return true;
    if (current === null) return next !== null || this.pruner.isDue;
    return !isChangeWaiting(this.workflow) || isAbandoned || resumption !== null || next !== null;
  }

  /** Executes a change, from its beginning or from the step that failed, until it is finished or waits. */
  private async executeNext(): Promise<void> {
    const { workflow, currentChange } = this;
    const { current, next, pendingRollback } = workflow;
    if (pendingRollback?.isRequested) return await this.executeRollback(pendingRollback);
    if (current === null && next === null) return await this.pruner.prune();
    if (current === null) this.beginNext();
    else if (workflow.isAbandoned)
      return await currentChange.abandon({ outcome: 'abandoned', summary: 'its work is discarded' });
    else if (workflow.resumption !== null) currentChange.applyResumption();
    else if (next !== null)
      return await currentChange.abandon({ outcome: 'superseded', summary: `${next.id} takes its place` });
    await currentChange.execute();
  }

  /**
   * Rolls back a revision that failed its bake, before everything else. An interrupted change continues afterwards, and
   * a waiting one still waits.
   */
  private async executeRollback(rollback: PendingRollback): Promise<void> {
    const { workflow } = this;
    const { current, pendingRevision, isAbandoned } = workflow;
    const reason = rollback.failure.message;
    workflow.pendingRevision = null;
    this.currentChange.begin(
      createChangeRequest(workflow, { kind: 'rollback', by: 'berth', reason, redeployment: null, target: rollback.to }),
    );
    endBake(workflow, reason);
    const isCanceled = await this.currentChange.execute();
    rollback.isRequested = false;
    workflow.current = current;
    workflow.pendingRevision = pendingRevision;
    workflow.isAbandoned = isAbandoned;
    publishStatus(workflow);
    if (isCanceled && current !== null && !isChangeWaiting(workflow)) await this.currentChange.abandon(canceledResult);
  }

  private beginNext(): void {
    const { workflow } = this;
    const { next } = workflow;
    if (next === null) throw new Error('a change is requested before it begins');
    workflow.next = null;
    this.currentChange.begin(next);
  }
}
