import { CancellationScope } from '@temporalio/workflow';
import type { LeftOvers } from './left-overs.js';
import type { Life } from './life.js';
import { sparesWayBack } from './patches.js';
import { activeRevision, discardRevision } from './revision.js';
import { findSurplus } from './surplus.js';

/** Removes revisions beyond those that are kept, oldest first. */
export class Collection {
  constructor(
    private readonly life: Life,
    private readonly leftOvers: LeftOvers,
  ) {}

  /** What a bake has kept beyond the usual goes when that is over. */
  get isDue(): boolean {
    const { life } = this;
    if (life.active === null || life.info.bake !== null) return false;
    const { keep } = activeRevision(life).config;
    if (life.kept.length <= keep) return false;
    return findSurplus(life, keep).some((id) => !this.leftOvers.has(id)) && sparesWayBack();
  }

  async run(): Promise<void> {
    const { life } = this;
    const old = findSurplus(life, activeRevision(life).config.keep);
    await CancellationScope.nonCancellable(async () => {
      for (const id of old) await this.leftOvers.end(id, 'discarded', () => discardRevision(life, id));
    });
  }
}
