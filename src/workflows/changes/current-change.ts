import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { codes, type ErrorRecord } from '../../errors.js';
import { resumePendingRevision } from '../revision/repair-round.js';
import type { ChangeRequest, CurrentChange as WorkflowChange, WorkflowState } from '../state/state.js';
import { toApplicationFailure, toErrorRecord } from '../state/to-application-failure.js';
import { publishStatus, setChangeError, setChangeState } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';
import { discardRevision, terminateRevision } from '../steps/end-revision.js';
import { type ChangeResult, closeChange } from './change-queue.js';
import type { Cutover } from './cutover.js';
import type { OrphanedRevisions } from './orphaned-revisions.js';
import type { RevisionPruner } from './revision-pruner.js';

/** The steps of a change, in order; see deployment.ts. */
export interface ChangeSteps {
  deployRevision: ExecuteSteps;
  rollBackRevision: ExecuteSteps;
}

type ExecuteSteps = (workflow: WorkflowState, change: WorkflowChange, tools: ChangeTools) => Promise<ChangeResult>;

export interface ChangeTools {
  cutover: Cutover;
  pruner: RevisionPruner;
}

export const canceledResult: ChangeResult = { outcome: 'cancelled', summary: 'nothing has changed' };

/** The change in progress, from its beginning until it is finished or waits. */
export class CurrentChange {
  private scope: CancellationScope | undefined;

  constructor(
    private readonly workflow: WorkflowState,
    private readonly steps: ChangeSteps,
    private readonly collaborators: ChangeTools & { orphans: OrphanedRevisions },
  ) {}

  begin(change: ChangeRequest): void {
    const { workflow } = this;
    const { id, kind, by, reason } = change;
    workflow.current = { ...change, revision: null, state: 'selecting', lastError: null };
    recordEvent(workflow, kind, `${id}, requested by ${by}${reason === null ? '' : `: ${reason}`}`);
  }

  /** Prepares a waiting change to continue as the user requested. */
  applyResumption(): void {
    const { workflow } = this;
    const { pendingRevision, resumption, current } = workflow;
    if (pendingRevision === null || resumption === null || current === null)
      throw new Error('a change that waits has a revision, and a resumption to continue with');
    resumePendingRevision(workflow, pendingRevision, resumption);
    workflow.resumption = null;
    current.lastError = null;
    if (workflow.active === null) workflow.lastError = null;
    setChangeState(workflow, pendingRevision.setting === null ? 'selecting' : 'adapting');
  }

  /** Resolves when the change is finished, waits, or is interrupted. Returns whether it was canceled. */
  async execute(): Promise<boolean> {
    const scope = new CancellationScope();
    this.scope = scope;
    try {
      this.finish(await scope.run(() => this.executeSteps()));
      return false;
    } catch (error) {
      if (isCancellation(error)) await this.handleCancellation(error);
      else await this.fail(toErrorRecord(error));
      return isCancellation(error);
    }
  }

  cancel(): void {
    this.scope?.cancel();
  }

  /** Stops waiting for calls on the replaced revision, because a cleanup ends them anyway. */
  skipDraining(): void {
    const { cutover, pruner } = this.collaborators;
    if (!cutover.isDraining) return;
    pruner.cancel();
    cutover.skipDraining();
  }

  /** Undoes the work of the current change, unless the undo of the whole deployment follows. */
  async abandon(result: ChangeResult): Promise<void> {
    const { workflow } = this;
    workflow.isAbandoned = false;
    if (workflow.active !== null || workflow.next !== null) {
      await this.undoWork();
      workflow.pendingRevision = null;
    }
    this.finish(result);
  }

  private async undoWork(): Promise<void> {
    const { workflow } = this;
    const { orphans } = this.collaborators;
    const pending = workflow.pendingRevision?.revision;
    const started = workflow.current?.revision ?? null;
    if (pending !== undefined) await orphans.attempt(pending, 'discarded', () => discardRevision(workflow, pending));
    else if (started !== null) await orphans.attempt(started, 'stopped', () => terminateRevision(workflow, started));
  }

  private executeSteps(): Promise<ChangeResult> {
    const { workflow, steps, collaborators } = this;
    const { current } = workflow;
    if (current === null) throw new Error('a change begins before it is executed');
    const execute = current.kind === 'rollback' ? steps.rollBackRevision : steps.deployRevision;
    return execute(workflow, current, collaborators);
  }

  /** Undoes the change, unless a cleanup has canceled everything or a rollback only interrupts it. */
  private async handleCancellation(error: unknown): Promise<void> {
    if (CancellationScope.current().consideredCancelled) throw error;
    if (!this.workflow.pendingRollback?.isRequested) await this.abandon(canceledResult);
  }

  /** Makes a failed change wait if it has work worth keeping, and finishes it otherwise. */
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
    const { current } = workflow;
    if (current === null) throw new Error('a change begins before it is finished');
    closeChange(workflow, current, result, current);
    workflow.current = null;
    if (workflow.active !== null) publishStatus(workflow); // otherwise a cleanup or the next change follows immediately
  }
}

/** True for an invalid request, and for a failure before there was any work to keep. */
const hasNothingToKeep = ({ host, pendingRevision: pending }: WorkflowState, { code }: ErrorRecord): boolean =>
  host === null || pending === null || (codes[code].endsDeployment && pending.round.number === pending.firstRound);
