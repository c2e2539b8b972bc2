import { CancellationScope } from '@temporalio/workflow';
import type { StartedRevision } from '../revision/bring-up.js';
import type { OrphanedRevisions } from '../revision/orphaned-revisions.js';
import { activate, findRevision, publishRevision, retireRevision } from '../revision/revision.js';
import type { WorkflowState } from '../state/state.js';
import { createBake } from '../supervision/bake.js';
import type { Supervision } from '../supervision/supervision.js';

/** The one moment at which callers change over, and the end of what they have left. */
export class Cutover {
  /** What waits for the last calls of a revision that was replaced. */
  private drainScope: CancellationScope | undefined;
  /** A scope that no cleanup cancels by itself. */
  private readonly rootScope = CancellationScope.current();

  constructor(
    private readonly workflow: WorkflowState,
    private readonly supervision: Supervision,
    private readonly orphans: OrphanedRevisions,
  ) {}

  /** From here on a change cannot be cancelled: what was replaced is ended. */
  async switchTo({ revision, handle }: StartedRevision, bakes: boolean): Promise<void> {
    const { workflow, supervision } = this;
    const previous = workflow.active;
    const replaced = previous === null ? undefined : findRevision(workflow, previous.revision);
    const activateNew = () => {
      workflow.pendingRevision = null;
      if (!workflow.keptRevisions.includes(revision)) workflow.keptRevisions.push(revision);
      activate(workflow, revision, handle);
    };
    if (previous === null || replaced === undefined) return activateNew();
    await CancellationScope.nonCancellable(async () => {
      await supervision.whilePaused(async () => {
        await publishRevision(workflow, revision, handle, `callers reach ${revision.revision.id}`);
        workflow.desired = 'running';
        workflow.info.bake = bakes ? createBake(previous.revision, revision.revision.id, revision.config.bake) : null;
        activateNew();
      });
      const drain = new CancellationScope({ cancellable: true, parent: this.rootScope });
      this.drainScope = drain;
      const retire = () => drain.run(() => retireRevision(workflow, replaced, previous.handle));
      await this.orphans.attempt(previous.revision, 'stopped', retire);
      this.drainScope = undefined;
    });
  }

  /** True while the last calls of what was replaced are waited for. */
  get isDraining(): boolean {
    return this.drainScope !== undefined;
  }

  /** Calls that are still under way are waited for no longer. */
  skipDraining(): void {
    this.drainScope?.cancel();
  }
}
