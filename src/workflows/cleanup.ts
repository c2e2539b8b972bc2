import { allHandlersFinished, condition, sleep } from '@temporalio/workflow';
import { codes, type ErrorRecord } from '../errors.js';
import { undoActivities } from './activity-proxies.js';
import { continueAsNew } from './continue-as-new.js';
import { hurriesCleanup } from './patches.js';
import { isHistoryLimitReached } from './state/history-limit.js';
import type { WorkflowState } from './state/state.js';
import { toErrorRecord } from './state/to-application-failure.js';
import { publishDetails, setDeploymentState, setLastError } from './status/publish-status.js';

/** Seconds before an undo is tried again: doubled at each try. */
const initialBackoff = 10;
const maxBackoff = 600;

/** Undoes everything, for as long as that takes. It says `cleaned` only of what is proven gone. */
export class Cleanup {
  private isRetryRequested = false;

  constructor(private readonly workflow: WorkflowState) {}

  /** Who asks while it waits for its next try has that at once, and hears what comes of it. */
  requestRetry(): void {
    const { info } = this.workflow;
    if (info.state !== 'cleaning') return;
    this.isRetryRequested = true;
    this.clearFailure();
  }

  async run(): Promise<void> {
    const { workflow } = this;
    Object.assign(workflow.info, { change: null, next: null, bake: null });
    setDeploymentState(workflow, 'cleaning');
    for (let backoff = initialBackoff; workflow.host !== null; backoff = Math.min(backoff * 2, maxBackoff)) {
      try {
        await this.undo(workflow.host);
        workflow.host = null;
      } catch (error) {
        setLastError(workflow, toUndoIncomplete(toErrorRecord(error), workflow.info.name));
        publishDetails(workflow);
        await this.waitForRetry(backoff);
      }
    }
    workflow.info.endpoint = null;
    this.clearFailure();
    setDeploymentState(workflow, 'cleaned');
    await condition(allHandlersFinished);
  }

  private async undo(host: string): Promise<void> {
    const { info } = this.workflow;
    const { undoDeployment } = undoActivities(host);
    await undoDeployment.executeWithOptions({ summary: `undo all of ${info.name}` }, [{ name: info.name, info }]);
  }

  /** A cloud may be away for weeks: a history that has grown long meanwhile is left for a new run. */
  private async waitForRetry(backoff: number): Promise<void> {
    const { workflow } = this;
    if (!hurriesCleanup()) return await sleep(`${backoff}s`, { summary: 'before the undo is tried again' });
    this.isRetryRequested = false;
    await condition(() => this.isRetryRequested, `${backoff}s`);
    if (!isHistoryLimitReached(workflow)) return;
    await condition(allHandlersFinished);
    await continueAsNew(workflow);
  }

  /** Why the last try failed is no news any more. */
  private clearFailure(): void {
    const { info } = this.workflow;
    if (info.lastError?.code === 'UNDO_INCOMPLETE') info.lastError = null;
  }
}

/** Whatever kept the undo from its end, something may still exist. */
function toUndoIncomplete(record: ErrorRecord, name: string): ErrorRecord {
  if (record.code === 'UNDO_INCOMPLETE') return record;
  const next = codes.UNDO_INCOMPLETE.next.replace('{name}', name);
  return { ...record, code: 'UNDO_INCOMPLETE', message: `the undo was cut off: ${record.message}`, next };
}
