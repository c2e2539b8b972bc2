import { condition } from '@temporalio/workflow';
import type { ErrorRecord } from '../../errors.js';
import { isChangeWaiting, type PendingRollback, type WorkflowState } from '../state/state.js';
import { publishStatus, setDeploymentState, setLastError } from '../status/publish-status.js';

/** Seconds before a failed rollback is retried: doubled at each attempt. */
const initialBackoff = 2;
const maxBackoff = 3_600;

/** Rolls back a revision that failed its bake, and retries until the previous revision has taken over. */
export class BakeRollback {
  constructor(
    private readonly workflow: WorkflowState,
    /** Interrupts the change in progress. */
    private readonly yieldToRollback: () => void,
  ) {}

  async begin(to: string, failure: ErrorRecord): Promise<void> {
    const { workflow } = this;
    setLastError(workflow, failure);
    setDeploymentState(workflow, 'unhealthy');
    const isRollingBack = () => workflow.current?.kind === 'rollback';
    if (isRollingBack()) return await condition(() => !isRollingBack()); // a user has started a rollback
    this.yieldToRollback();
    const dueAt = new Date().toISOString();
    await this.attempt({ to, failure, isRequested: true, backoff: initialBackoff, dueAt });
  }

  get isDue(): boolean {
    const { pendingRollback } = this.workflow;
    return pendingRollback !== null && !this.isBusy && Date.now() >= Date.parse(pendingRollback.dueAt);
  }

  /**
   * Retries a pending rollback without interrupting a change a second time: the change's revision may be the better
   * one.
   */
  async retry(): Promise<void> {
    const { pendingRollback } = this.workflow;
    if (pendingRollback === null) return;
    if (this.isBusy) postpone(pendingRollback);
    else await this.attempt(pendingRollback);
  }

  /** Resolves when the rollback is done or was postponed after a failure; the failed revision serves meanwhile. */
  private async attempt(rollback: PendingRollback): Promise<void> {
    const { workflow } = this;
    workflow.pendingRollback = rollback;
    rollback.isRequested = true;
    await condition(() => !workflow.pendingRollback?.isRequested);
    if (workflow.pendingRollback === null) return;
    postpone(rollback);
    const { to, failure } = rollback;
    const reason = workflow.changes.findLast(({ by }) => by === 'berth')?.note;
    const message = `${failure.message}; the rollback to ${to} failed and will be retried: ${reason}`;
    setLastError(workflow, { ...failure, message });
    publishStatus(workflow);
  }

  /** True while a change is in progress. */
  private get isBusy(): boolean {
    return this.workflow.current !== null && !isChangeWaiting(this.workflow);
  }
}

function postpone(rollback: PendingRollback): void {
  const { backoff } = rollback;
  rollback.dueAt = new Date(Date.now() + backoff * 1000).toISOString();
  rollback.backoff = Math.min(backoff * 2, maxBackoff);
}
