import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { codes, type ErrorRecord } from '../../errors.js';
import { hurriesCleanup } from '../patches.js';
import { bringUp } from '../revision/bring-up.js';
import type { OrphanedRevisions } from '../revision/orphaned-revisions.js';
import { findUnchangedRevision, planRevision } from '../revision/plan-revision.js';
import { resumePendingRevision } from '../revision/repair-round.js';
import {
  discardRevision,
  findPreviousRevision,
  findRevision,
  startRevision,
  terminateRevision,
} from '../revision/revision.js';
import type { RevisionPruner } from '../revision/revision-pruner.js';
import type { ChangeRequest, WorkflowState } from '../state/state.js';
import { toApplicationFailure, toErrorRecord } from '../state/to-application-failure.js';
import { publishChange, setChangeError, setChangeState } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';
import type { Supervision } from '../supervision/supervision.js';
import { type ChangeResult, closeChange, describeChange } from './change-queue.js';
import { Cutover } from './cutover.js';

export const canceledResult: ChangeResult = { outcome: 'cancelled', summary: 'it is as before' };

interface Collaborators {
  supervision: Supervision;
  orphans: OrphanedRevisions;
  pruner: RevisionPruner;
}

/** The change that is on its way, from its beginning to its end: the new revision is live, or it is as before. */
export class CurrentChange {
  private scope: CancellationScope | undefined;
  /** True when all is about to be undone. */
  private isCleanupRequested = false;
  private readonly orphans: OrphanedRevisions;
  private readonly pruner: RevisionPruner;
  private readonly cutover: Cutover;

  constructor(
    private readonly workflow: WorkflowState,
    { supervision, orphans, pruner }: Collaborators,
  ) {
    this.orphans = orphans;
    this.pruner = pruner;
    this.cutover = new Cutover(workflow, supervision, orphans);
  }

  begin(change: ChangeRequest): void {
    const { workflow } = this;
    const { id, kind, by, reason } = change;
    const revision = workflow.pendingRevision?.revision ?? null;
    workflow.current = change;
    workflow.info.change = { ...describeChange(change), revision, state: 'selecting', lastError: null };
    recordEvent(workflow, kind, `${id}, asked for by ${by}${reason === null ? '' : `: ${reason}`}`);
  }

  /** What waited goes on as it was told to. */
  applyResumption(): void {
    const { workflow } = this;
    const { pendingRevision: pending, resumption, info } = workflow;
    if (pending === null || resumption === null) throw new Error('what waits has work, and was told how to go on');
    resumePendingRevision(workflow, pending, resumption);
    workflow.resumption = null;
    if (info.change !== null) info.change.lastError = null;
    if (workflow.active === null) info.lastError = null;
    setChangeState(workflow, pending.setting === null ? 'selecting' : 'adapting');
  }

  /** Until it is over, waits, or makes room. Returns whether it was cancelled. */
  async execute(): Promise<boolean> {
    const scope = new CancellationScope();
    this.scope = scope;
    try {
      this.finish(await scope.run(() => this.perform()));
      return false;
    } catch (error) {
      if (isCancellation(error)) await this.handleCancellation(error);
      else await this.fail(toErrorRecord(error));
      return isCancellation(error);
    }
  }

  /** Ends what is being made of it now. */
  cancel(): void {
    this.scope?.cancel();
  }

  /** For a cleanup: calls that are still under way on a revision that was replaced are not waited for. */
  skipDraining(): void {
    if (!this.cutover.isDraining || !hurriesCleanup()) return;
    this.isCleanupRequested = true;
    this.cutover.skipDraining();
  }

  /** Undoes what the current change has made. The undo of a whole deployment needs no help. */
  async abandon(result: ChangeResult): Promise<void> {
    const { workflow } = this;
    const { pendingRevision: pending, info, active, next } = workflow;
    workflow.isAbandoned = false;
    const revision = info.change?.revision ?? null;
    if (active !== null || next !== null) {
      if (pending !== null)
        await this.orphans.attempt(pending.revision, 'discarded', () => discardRevision(workflow, pending.revision));
      else if (revision !== null)
        await this.orphans.attempt(revision, 'stopped', () => terminateRevision(workflow, revision));
      workflow.pendingRevision = null;
    }
    this.finish(result);
  }

  private perform(): Promise<ChangeResult> {
    const { current } = this.workflow;
    if (current === null) throw new Error('what is made was begun');
    return current.kind === 'rollback' ? this.rollBack(current) : this.redeploy(current);
  }

  private async redeploy(current: ChangeRequest): Promise<ChangeResult> {
    const { workflow } = this;
    const unchanged = workflow.pendingRevision === null ? await findUnchangedRevision(workflow, current) : null;
    if (unchanged !== null) return { outcome: 'unchanged', summary: describeUnchanged(workflow, unchanged) };
    const pending = workflow.pendingRevision ?? planRevision(workflow, current);
    const upcoming = await bringUp(workflow, pending);
    await this.cutover.switchTo(upcoming, true);
    if (!this.isCleanupRequested) await this.pruner.prune();
    return { outcome: 'live', summary: `${pending.revision} is live` };
  }

  private async rollBack({ target }: ChangeRequest): Promise<ChangeResult> {
    const { workflow } = this;
    const kept = target === null ? findPreviousRevision(workflow) : findRevision(workflow, target);
    if (kept === undefined || kept.revision.id === workflow.active?.revision)
      return { outcome: 'failed', summary: `there is no ${target ?? 'earlier revision'} to roll back to` };
    const { id } = kept.revision;
    if (workflow.info.change !== null) workflow.info.change.revision = id;
    const replacedId = workflow.active?.revision;
    await this.cutover.switchTo({ revision: kept, handle: await startRevision(workflow, kept) }, false);
    workflow.info.revisions = workflow.info.revisions.map((one) =>
      one.id === replacedId ? { ...one, state: 'rolled back' } : one,
    );
    return { outcome: 'live', summary: `${id} is live again` };
  }

  /** A cleanup cancels everything around; else it was this change alone, for good or for a while. */
  private async handleCancellation(error: unknown): Promise<void> {
    if (CancellationScope.current().consideredCancelled) throw error;
    if (!this.workflow.pendingRollback?.isRequested) await this.abandon(canceledResult);
  }

  /** A failure that keeps work waits; a wrong request, and what has no work, is over. */
  private async fail(failure: ErrorRecord): Promise<void> {
    const { workflow } = this;
    setChangeError(workflow, failure);
    if (!hasNothingToKeep(workflow, failure)) return setChangeState(workflow, 'waiting');
    const result = { outcome: 'failed', summary: `${failure.code}: ${failure.message}` } as const;
    if (workflow.active !== null || workflow.next !== null) return await this.abandon(result);
    this.finish(result);
    throw toApplicationFailure(failure);
  }

  private finish(result: ChangeResult): void {
    const { workflow } = this;
    const { current, info } = workflow;
    if (current === null) throw new Error('what ends was begun');
    closeChange(workflow, current, result, info.change);
    workflow.current = null;
    info.change = null;
    publishChange(workflow);
  }
}

const describeUnchanged = ({ active }: WorkflowState, revision: string): string =>
  `nothing differs from ${revision}${revision === active?.revision ? '' : ', which was rolled back'}`;

/** Nothing is worth keeping of a request that was wrong in itself, or for which no strategy could be selected. */
const hasNothingToKeep = ({ host, pendingRevision: pending }: WorkflowState, { code }: ErrorRecord): boolean =>
  host === null || pending === null || (codes[code].endsDeployment && pending.round.number === pending.firstRound);
