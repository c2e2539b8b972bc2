import { CancellationScope } from '@temporalio/workflow';
import { bakeAfter } from './bake.js';
import type { Upcoming } from './bring-up.js';
import type { LeftOvers } from './left-overs.js';
import type { Life } from './life.js';
import { activate, findRevision, publishRevision, retireRevision } from './revision.js';
import type { Supervision } from './supervision.js';

/** The one moment at which callers change over, and the end of what they have left. */
export class SwitchOver {
  /** What waits for the last calls of a revision that was replaced. */
  private drain: CancellationScope | undefined;
  /** A scope that no cleanup cancels by itself. */
  private readonly outermost = CancellationScope.current();

  constructor(
    private readonly life: Life,
    private readonly supervision: Supervision,
    private readonly leftOvers: LeftOvers,
  ) {}

  /** From here on a change cannot be cancelled: what was replaced is ended. */
  async to({ revision, handle }: Upcoming, bakes: boolean): Promise<void> {
    const { life, supervision } = this;
    const before = life.active;
    const replaced = before === null ? undefined : findRevision(life, before.revision);
    const take = () => {
      life.work = null;
      if (!life.kept.includes(revision)) life.kept.push(revision);
      activate(life, revision, handle);
    };
    if (before === null || replaced === undefined) return take();
    await CancellationScope.nonCancellable(async () => {
      await supervision.whilePaused(async () => {
        await publishRevision(life, revision, handle, `callers reach ${revision.revision.id}`);
        life.desired = 'running';
        life.info.bake = bakes ? bakeAfter(before.revision, revision.revision.id, revision.config.bake) : null;
        take();
      });
      const drain = new CancellationScope({ cancellable: true, parent: this.outermost });
      this.drain = drain;
      const end = () => drain.run(() => retireRevision(life, replaced, before.handle));
      await this.leftOvers.end(before.revision, 'stopped', end);
      this.drain = undefined;
    });
  }

  /** True while the last calls of what was replaced are waited for. */
  get isDraining(): boolean {
    return this.drain !== undefined;
  }

  /** Calls that are still under way are waited for no longer. */
  hurry(): void {
    this.drain?.cancel();
  }
}
