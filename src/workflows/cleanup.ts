import { allHandlersFinished, condition } from '@temporalio/workflow';
import { codes, type ErrorRecord } from '../errors.js';
import { undoActivities } from './activity-proxies.js';
import { continueAsNew } from './continue-as-new.js';
import { describeDeployment } from './state/describe-deployment.js';
import { isHistoryLimitReached } from './state/history-limit.js';
import type { WorkflowState } from './state/state.js';
import { toErrorRecord } from './state/to-application-failure.js';
import { publishStatus, setDeploymentState, setLastError } from './status/publish-status.js';

/** Seconds before an undo is retried: doubled at each attempt. */
const initialBackoff = 10;
const maxBackoff = 600;

/** Undoes everything, retrying until all of it is verified to be gone; only then is the deployment `cleaned`. */
export class Cleanup {
  private isRetryRequested = false;

  constructor(private readonly workflow: WorkflowState) {}

  /** Retries immediately instead of after the backoff, and reports the result of that attempt. */
  requestRetry(): void {
    if (this.workflow.state !== 'cleaning') return;
    this.isRetryRequested = true;
    this.clearFailure();
  }

  async run(): Promise<void> {
    const { workflow } = this;
    workflow.current = null;
    workflow.next = null;
    workflow.bake = null;
    setDeploymentState(workflow, 'cleaning');
    if (workflow.host !== null) await this.undoUntilDone(workflow.host);
    this.clearFailure();
    setDeploymentState(workflow, 'cleaned');
    await condition(allHandlersFinished);
  }

  private async undoUntilDone(host: string): Promise<void> {
    const { workflow } = this;
    for (let backoff = initialBackoff; ; backoff = Math.min(backoff * 2, maxBackoff)) {
      try {
        return await this.undo(host);
      } catch (error) {
        setLastError(workflow, toUndoIncomplete(toErrorRecord(error), workflow.config.name));
        publishStatus(workflow);
        await this.waitForRetry(backoff);
      }
    }
  }

  private async undo(host: string): Promise<void> {
    const info = describeDeployment(this.workflow);
    const { undoDeployment } = undoActivities(host);
    await undoDeployment.executeWithOptions({ summary: `undo everything of ${info.name}` }, [
      { name: info.name, info },
    ]);
  }

  /** Continues as new when the history is long, because a cloud may be unreachable for weeks. */
  private async waitForRetry(backoff: number): Promise<void> {
    const { workflow } = this;
    this.isRetryRequested = false;
    await condition(() => this.isRetryRequested, `${backoff}s`);
    if (isHistoryLimitReached(workflow)) await continueAsNew(workflow);
  }

  private clearFailure(): void {
    const { workflow } = this;
    if (workflow.lastError?.code === 'UNDO_INCOMPLETE') workflow.lastError = null;
  }
}

/** Returns a record of UNDO_INCOMPLETE for any error that interrupted the undo, because something may still exist. */
function toUndoIncomplete(record: ErrorRecord, name: string): ErrorRecord {
  if (record.code === 'UNDO_INCOMPLETE') return record;
  const next = codes.UNDO_INCOMPLETE.next.replace('{name}', name);
  return { ...record, code: 'UNDO_INCOMPLETE', message: `the undo was interrupted: ${record.message}`, next };
}
