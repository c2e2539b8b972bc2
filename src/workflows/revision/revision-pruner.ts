import { CancellationScope } from '@temporalio/workflow';
import { sparesWayBack } from '../patches.js';
import type { WorkflowState } from '../state/state.js';
import type { OrphanedRevisions } from './orphaned-revisions.js';
import { findExcessRevisions } from './retention.js';
import { discardRevision, getActiveRevision } from './revision.js';

/** Removes revisions beyond those that are kept, oldest first. */
export class RevisionPruner {
  constructor(
    private readonly workflow: WorkflowState,
    private readonly orphans: OrphanedRevisions,
  ) {}

  /** What a bake has kept beyond the usual goes when that is over. */
  get isDue(): boolean {
    const { workflow } = this;
    if (workflow.active === null || workflow.info.bake !== null) return false;
    const { keep } = getActiveRevision(workflow).config;
    if (workflow.keptRevisions.length <= keep) return false;
    return findExcessRevisions(workflow, keep).some((id) => !this.orphans.has(id)) && sparesWayBack();
  }

  async prune(): Promise<void> {
    const { workflow } = this;
    const excess = findExcessRevisions(workflow, getActiveRevision(workflow).config.keep);
    await CancellationScope.nonCancellable(async () => {
      for (const id of excess) await this.orphans.attempt(id, 'discarded', () => discardRevision(workflow, id));
    });
  }
}
