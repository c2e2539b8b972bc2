import { condition, isCancellation } from '@temporalio/workflow';
import { endsLeftOvers } from '../patches.js';
import type { OrphanedRevision, WorkflowState } from '../state/state.js';
import { toErrorRecord } from '../state/to-application-failure.js';
import { publishDetails } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';
import { discardRevision, terminateRevision } from './revision.js';

/** Seconds before what could not be ended is tried again: doubled at each try. */
const initialBackoff = 5;
const maxBackoff = 6 * 3_600;

/**
 * What is left of revisions that nobody calls any more and that could not be ended. It does not take back the change that
 * left it behind; it is shown, and tried again until it is gone.
 */
export class OrphanedRevisions {
  /** True while something of it is being ended. */
  isBusy = false;
  private backoff = initialBackoff;

  constructor(private readonly workflow: WorkflowState) {}

  has(revision: string): boolean {
    return this.workflow.orphans?.some((one) => one.revision === revision) ?? false;
  }

  /** Ends a revision; what is left of it is noted, and is no failure. */
  async attempt(
    revision: string,
    desiredState: OrphanedRevision['desiredState'],
    run: () => Promise<void>,
  ): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (isCancellation(error)) return; // a cleanup, which ends all
      const { message } = toErrorRecord(error);
      recordEvent(this.workflow, 'retireRevision', `left over: ${message}`);
      if (!endsLeftOvers()) return;
      this.setOrphans([...this.listOthers(revision), { revision, desiredState, message }]);
      this.backoff = initialBackoff;
    }
  }

  /** Resolves when it is so, and tries meanwhile what is left over again. */
  async retryUntil(isDone: () => boolean): Promise<void> {
    while (this.workflow.orphans?.length) {
      if (await condition(isDone, `${this.backoff}s`)) return;
      this.backoff = Math.min(this.backoff * 2, maxBackoff);
      await this.retryAll(this.workflow.orphans);
    }
    await condition(isDone);
  }

  private async retryAll(leftOvers: OrphanedRevision[]): Promise<void> {
    this.isBusy = true;
    try {
      for (const one of leftOvers) this.setOrphans([...this.listOthers(one.revision), ...(await this.retryOne(one))]);
    } finally {
      this.isBusy = false;
    }
  }

  /** What is left of it then. */
  private async retryOne(leftOver: OrphanedRevision): Promise<OrphanedRevision[]> {
    const { workflow } = this;
    const { revision, desiredState } = leftOver;
    if (revision === workflow.active?.revision) return []; // a rollback has made it what callers reach
    try {
      await (desiredState === 'stopped' ? terminateRevision(workflow, revision) : discardRevision(workflow, revision));
      return [];
    } catch (error) {
      if (isCancellation(error)) throw error;
      return [{ ...leftOver, message: toErrorRecord(error).message }];
    }
  }

  private listOthers(revision: string): OrphanedRevision[] {
    return (this.workflow.orphans ?? []).filter((one) => one.revision !== revision);
  }

  private setOrphans(leftOvers: OrphanedRevision[]): void {
    const { workflow } = this;
    workflow.orphans = leftOvers;
    workflow.info.leftOvers = leftOvers.map(({ revision, message }) => ({ revision, message }));
    publishDetails(workflow);
  }
}
