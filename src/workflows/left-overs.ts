import { condition, isCancellation } from '@temporalio/workflow';
import { failureRecord } from './failures.js';
import type { LeftOver, Life } from './life.js';
import { endsLeftOvers } from './patches.js';
import { discardRevision, endRevision } from './revision.js';
import { showDetails } from './showing.js';
import { note } from './step-record.js';

/** Seconds before what could not be ended is tried again: doubled at each try. */
const firstPause = 5;
const longestPause = 6 * 3_600;

/**
 * What is left of revisions that nobody calls any more and that could not be ended. It does not take back the change that
 * left it behind; it is shown, and tried again until it is gone.
 */
export class LeftOvers {
  /** True while something of it is being ended. */
  isBusy = false;
  private pause = firstPause;

  constructor(private readonly life: Life) {}

  has(revision: string): boolean {
    return this.life.leftOvers?.some((one) => one.revision === revision) ?? false;
  }

  /** Ends a revision; what is left of it is noted, and is no failure. */
  async end(revision: string, wish: LeftOver['wish'], run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (isCancellation(error)) return; // a cleanup, which ends all
      const { message } = failureRecord(error);
      note(this.life, 'retireRevision', `left over: ${message}`);
      if (!endsLeftOvers()) return;
      this.write([...this.others(revision), { revision, wish, message }]);
      this.pause = firstPause;
    }
  }

  /** Resolves when it is so, and tries meanwhile what is left over again. */
  async endUntil(isSo: () => boolean): Promise<void> {
    while (this.life.leftOvers?.length) {
      if (await condition(isSo, `${this.pause}s`)) return;
      this.pause = Math.min(this.pause * 2, longestPause);
      await this.tryAgain(this.life.leftOvers);
    }
    await condition(isSo);
  }

  private async tryAgain(leftOvers: LeftOver[]): Promise<void> {
    this.isBusy = true;
    try {
      for (const one of leftOvers) this.write([...this.others(one.revision), ...(await this.endAgain(one))]);
    } finally {
      this.isBusy = false;
    }
  }

  /** What is left of it then. */
  private async endAgain(leftOver: LeftOver): Promise<LeftOver[]> {
    const { life } = this;
    const { revision, wish } = leftOver;
    if (revision === life.active?.revision) return []; // a rollback has made it what callers reach
    try {
      await (wish === 'stopped' ? endRevision(life, revision) : discardRevision(life, revision));
      return [];
    } catch (error) {
      if (isCancellation(error)) throw error;
      return [{ ...leftOver, message: failureRecord(error).message }];
    }
  }

  private others(revision: string): LeftOver[] {
    return (this.life.leftOvers ?? []).filter((one) => one.revision !== revision);
  }

  private write(leftOvers: LeftOver[]): void {
    const { life } = this;
    life.leftOvers = leftOvers;
    life.info.leftOvers = leftOvers.map(({ revision, message }) => ({ revision, message }));
    showDetails(life);
  }
}
