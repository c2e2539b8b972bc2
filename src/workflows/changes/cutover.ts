import { CancellationScope } from '@temporalio/workflow';
import type { Handle } from '../../contract/handle.js';
import { activate, findRevision } from '../revision/kept-revisions.js';
import type { KeptRevision, WorkflowState } from '../state/state.js';
import { publishStatus } from '../status/publish-status.js';
import { retireRevision } from '../steps/end-revision.js';
import { publishRevision } from '../steps/publish-revision.js';
import { createBake } from '../supervision/bake.js';
import type { Supervision } from '../supervision/supervision.js';
import type { OrphanedRevisions } from './orphaned-revisions.js';

/** Switches callers to a started revision and retires the one that it replaces. */
export class Cutover {
  private replaced: { kept: KeptRevision; handle: Handle } | undefined;
  /** Scope of the step that waits for the last calls of the replaced revision. */
  private drainScope: CancellationScope | undefined;
  /** A scope that a cleanup does not cancel. */
  private readonly rootScope = CancellationScope.current();

  constructor(
    private readonly workflow: WorkflowState,
    private readonly supervision: Supervision,
    private readonly orphans: OrphanedRevisions,
  ) {}

  /** Makes the revision the one that callers reach. Once begun it cannot be canceled. */
  async publish(revision: KeptRevision, handle: Handle, { isRollback }: { isRollback: boolean }): Promise<void> {
    const { workflow } = this;
    const previous = workflow.active;
    const kept = previous === null ? undefined : findRevision(workflow, previous.revision);
    // Callers reach the first revision since its check.
    if (previous === null || kept === undefined) return this.activateNew(revision, handle);
    const publishAndActivate = async () => {
      await publishRevision(workflow, revision, handle);
      this.activateNew(revision, handle);
      this.replaced = { kept, handle: previous.handle };
      kept.isRolledBack = isRollback;
      workflow.desired = 'running';
      workflow.bake = isRollback ? null : createBake(previous.revision, revision);
      publishStatus(workflow);
    };
    await CancellationScope.nonCancellable(() => this.supervision.whilePaused(publishAndActivate));
  }

  /** Ends the replaced revision after its last call. Cannot be canceled, except by a cleanup. */
  async retireReplaced(): Promise<void> {
    const { replaced } = this;
    if (replaced === undefined) return;
    this.replaced = undefined;
    const { kept, handle } = replaced;
    const drain = new CancellationScope({ cancellable: true, parent: this.rootScope });
    this.drainScope = drain;
    const retire = () => drain.run(() => retireRevision(this.workflow, kept, handle));
    await CancellationScope.nonCancellable(() => this.orphans.attempt(kept.revision.id, 'stopped', retire));
    this.drainScope = undefined;
  }

  private activateNew(revision: KeptRevision, handle: Handle): void {
    const { workflow } = this;
    workflow.pendingRevision = null;
    if (!workflow.keptRevisions.includes(revision)) workflow.keptRevisions.push(revision);
    activate(workflow, revision, handle);
  }

  get isDraining(): boolean {
    return this.drainScope !== undefined;
  }

  /** Stops waiting for calls on the replaced revision. */
  skipDraining(): void {
    this.drainScope?.cancel();
  }
}
