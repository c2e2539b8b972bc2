import { condition, isCancellation } from '@temporalio/workflow';
import type { OrphanedRevision, WorkflowState } from '../state/state.js';
import { toErrorRecord } from '../state/to-application-failure.js';
import { publishStatus } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';
import { discardRevision, terminateRevision } from '../steps/end-revision.js';

/** Seconds before orphans are retried: doubled at each attempt. */
const initialBackoff = 5;
const maxBackoff = 6 * 3_600;

/**
 * Ends revisions without callers. A revision that cannot be ended does not fail the change that replaced it; it becomes
 * an orphan, which `status` shows, and is retried until it is gone.
 */
export class OrphanedRevisions {
  /** True while an orphan is being ended. */
  isBusy = false;
  private backoff = initialBackoff;

  constructor(private readonly workflow: WorkflowState) {}

  has(revision: string): boolean {
    return this.workflow.orphans.some((orphan) => orphan.revision === revision);
  }

  /** Ends a revision with `run`; if that fails, the revision becomes an orphan. */
  async attempt(
    revision: string,
    desiredState: OrphanedRevision['desiredState'],
    run: () => Promise<void>,
  ): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (isCancellation(error)) return; // a cleanup, which ends everything
      const { message } = toErrorRecord(error);
      recordEvent(this.workflow, 'retireRevision', `${revision} is orphaned: ${message}`);
      this.setOrphans([...this.listOthers(revision), { revision, desiredState, message }]);
      this.backoff = initialBackoff;
    }
  }

  /** Resolves when the condition holds; retries the orphans meanwhile. */
  async retryUntil(isDone: () => boolean): Promise<void> {
    while (this.workflow.orphans.length > 0) {
      if (await condition(isDone, `${this.backoff}s`)) return;
      this.backoff = Math.min(this.backoff * 2, maxBackoff);
      await this.retryAll(this.workflow.orphans);
    }
    await condition(isDone);
  }

  private async retryAll(orphans: OrphanedRevision[]): Promise<void> {
    this.isBusy = true;
    try {
      for (const orphan of orphans)
        this.setOrphans([...this.listOthers(orphan.revision), ...(await this.retryOne(orphan))]);
    } finally {
      this.isBusy = false;
    }
  }

  /** Returns the orphan if it is still one. */
  private async retryOne(orphan: OrphanedRevision): Promise<OrphanedRevision[]> {
    const { workflow } = this;
    const { revision, desiredState } = orphan;
    if (revision === workflow.active?.revision) return []; // a rollback has activated it
    try {
      await (desiredState === 'stopped' ? terminateRevision(workflow, revision) : discardRevision(workflow, revision));
      return [];
    } catch (error) {
      if (isCancellation(error)) throw error;
      return [{ ...orphan, message: toErrorRecord(error).message }];
    }
  }

  private listOthers(revision: string): OrphanedRevision[] {
    return this.workflow.orphans.filter((orphan) => orphan.revision !== revision);
  }

  private setOrphans(orphans: OrphanedRevision[]): void {
    this.workflow.orphans = orphans;
    publishStatus(this.workflow);
  }
}
