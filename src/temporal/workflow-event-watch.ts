import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, isGrpcDeadlineError } from '@temporalio/client';

/** `EVENT_TYPE_WORKFLOW_TASK_COMPLETED` of Temporal's API. */
const taskCompleted = 7;
/** Milliseconds for which the server is listened to before it may be that there is none any more. */
const silenceTimeout = 2_000;
/** Milliseconds within which what belongs together has happened. */
const debounceInterval = 25;
/** Milliseconds until the next look at a run that has ended, or of which nothing can be heard. */
const pollInterval = 500;

/** Tells when a workflow has taken in what happened to it, as soon as the server has recorded that: before, it looks as it did. */
export class WorkflowEventWatch {
  /** Where in the run's history the next events will be; empty for its beginning. */
  private position = new Uint8Array();

  constructor(
    private readonly workflowId: string,
    private readonly client: () => Client,
    /** Told when nothing was heard for a while. */
    private readonly onSilence: () => Promise<void>,
  ) {}

  /** Resolves when it has, of a history that is new to this at once; when the run has ended; and after a while without either. */
  async waitForNext(signal?: AbortSignal): Promise<void> {
    let isOpen: boolean;
    try {
      isOpen = await this.waitForTaskCompleted(signal);
    } catch (error) {
      isOpen = isGrpcDeadlineError(error);
      if (!signal?.aborted) await this.onSilence().catch(() => undefined); // the look that follows fails with the same
    }
    await sleep(isOpen ? debounceInterval : pollInterval, undefined, signal && { signal });
  }

  /** False of a run that has ended: what comes next, if anything does, is another run's. */
  private async waitForTaskCompleted(signal?: AbortSignal): Promise<boolean> {
    for (let events = await this.readEvents(signal); this.position.length > 0; events = await this.readEvents(signal))
      if (events.some(({ eventType }) => eventType === taskCompleted)) return true;
    return false;
  }

  private async readEvents(signal?: AbortSignal) {
    const end = AbortSignal.any(signal === undefined ? [] : [signal]); // the SDK's listener stays on it
    const { connection, options, workflowService } = this.client();
    const execution = { workflowId: this.workflowId };
    const request = { namespace: options.namespace, execution, waitNewEvent: true, nextPageToken: this.position };
    const { history, nextPageToken } = await connection.withAbortSignal(end, () =>
      connection.withDeadline(Date.now() + silenceTimeout, () => workflowService.getWorkflowExecutionHistory(request)),
    );
    this.position = new Uint8Array(nextPageToken ?? []);
    return history?.events ?? [];
  }
}
