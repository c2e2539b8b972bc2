import { allHandlersFinished, condition, sleep } from '@temporalio/workflow';
import { codes, type ErrorRecord } from '../errors.js';
import { failureRecord } from './failures.js';
import { continueInNewRun } from './hand-over.js';
import { isHistoryLong } from './history.js';
import type { Life } from './life.js';
import { hurriesCleanup } from './patches.js';
import { enter, setLastError, showDetails } from './showing.js';
import { undoingOn } from './steps.js';

/** Seconds before an undo is tried again: doubled at each try. */
const firstPause = 10;
const longestPause = 600;

/** Undoes everything, for as long as that takes. It says `cleaned` only of what is proven gone. */
export class Cleanup {
  private isAsked = false;

  constructor(private readonly life: Life) {}

  /** Who asks while it waits for its next try has that at once, and hears what comes of it. */
  askAgain(): void {
    const { info } = this.life;
    if (info.state !== 'cleaning') return;
    this.isAsked = true;
    this.forgetFailure();
  }

  async run(): Promise<void> {
    const { life } = this;
    Object.assign(life.info, { change: null, next: null, bake: null });
    enter(life, 'cleaning');
    for (let pause = firstPause; life.host !== null; pause = Math.min(pause * 2, longestPause)) {
      try {
        await this.undo(life.host);
        life.host = null;
      } catch (error) {
        setLastError(life, asIncomplete(failureRecord(error), life.info.name));
        showDetails(life);
        await this.rest(pause);
      }
    }
    life.info.endpoint = null;
    this.forgetFailure();
    enter(life, 'cleaned');
    await condition(allHandlersFinished);
  }

  private async undo(host: string): Promise<void> {
    const { info } = this.life;
    const { undoDeployment } = undoingOn(host);
    await undoDeployment.executeWithOptions({ summary: `undo all of ${info.name}` }, [{ name: info.name, info }]);
  }

  /** A cloud may be away for weeks: a history that has grown long meanwhile is left for a new run. */
  private async rest(pause: number): Promise<void> {
    const { life } = this;
    if (!hurriesCleanup()) return await sleep(`${pause}s`, { summary: 'before the undo is tried again' });
    this.isAsked = false;
    await condition(() => this.isAsked, `${pause}s`);
    if (!isHistoryLong(life)) return;
    await condition(allHandlersFinished);
    await continueInNewRun(life);
  }

  /** Why the last try failed is no news any more. */
  private forgetFailure(): void {
    const { info } = this.life;
    if (info.lastError?.code === 'UNDO_INCOMPLETE') info.lastError = null;
  }
}

/** Whatever kept the undo from its end, something may still exist. */
function asIncomplete(record: ErrorRecord, name: string): ErrorRecord {
  if (record.code === 'UNDO_INCOMPLETE') return record;
  const next = codes.UNDO_INCOMPLETE.next.replace('{name}', name);
  return { ...record, code: 'UNDO_INCOMPLETE', message: `the undo was cut off: ${record.message}`, next };
}
