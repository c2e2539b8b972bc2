import { CancellationScope } from '@temporalio/workflow';
import { getActiveRevision } from '../revision/kept-revisions.js';
import { findExcessRevisions } from '../revision/retention.js';
import type { WorkflowState } from '../state/state.js';
import { discardRevision } from '../steps/end-revision.js';
import type { OrphanedRevisions } from './orphaned-revisions.js';

/** Discards kept revisions beyond the limit of the active configuration, oldest first. */
export class RevisionPruner {
  private isCanceled = false;

  constructor(
    private readonly workflow: WorkflowState,
    private readonly orphans: OrphanedRevisions,
  ) {}

  /** True when a bake that needed an excess revision has ended. */
  get isDue(): boolean {
    const { workflow } = this;
    if (workflow.active === null || workflow.bake !== null) return false;
    const { keep } = getActiveRevision(workflow).config;
    return findExcessRevisions(workflow, keep).some((id) => !this.orphans.has(id));
  }

  /** Leaves the revisions to a cleanup, which discards all of them. */
  cancel(): void {
    this.isCanceled = true;
  }

  async prune(): Promise<void> {
    const { workflow } = this;
    if (this.isCanceled) return;
    const excess = findExcessRevisions(workflow, getActiveRevision(workflow).config.keep);
    await CancellationScope.nonCancellable(async () => {
      for (const id of excess) await this.orphans.attempt(id, 'discarded', () => discardRevision(workflow, id));
    });
  }
}
