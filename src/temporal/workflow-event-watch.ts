import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, isGrpcDeadlineError } from '@temporalio/client';

/** `EVENT_TYPE_WORKFLOW_TASK_COMPLETED` in Temporal's API. */
const taskCompleted = 7;
/** Milliseconds of silence after which the server may be gone. */
const silenceTimeout = 2_000;
/** Milliseconds to wait for related events. */
const debounceInterval = 25;
/** Milliseconds between polls of a run that has ended or cannot be watched. */
const pollInterval = 500;

/** Waits until a workflow has processed an event, because its state does not change before that. */
export class WorkflowEventWatch {
  /** Page token of the next events in the run's history; empty for its beginning. */
  private position = new Uint8Array();

  constructor(
    private readonly workflowId: string,
    private readonly client: () => Client,
    /** Called after a while without events. */
    private readonly onSilence: () => Promise<void>,
  ) {}

  /** Resolves when the workflow has processed events, when the run has ended, or after a while without either. */
  async waitForNext(signal?: AbortSignal): Promise<void> {
    let isOpen: boolean;
    try {
      isOpen = await this.waitForTaskCompleted(signal);
    } catch (error) {
      isOpen = isGrpcDeadlineError(error);
      if (!signal?.aborted) await this.onSilence().catch(() => undefined); // the caller's next query throws the same error
    }
    await sleep(isOpen ? debounceInterval : pollInterval, undefined, signal && { signal });
  }

  /** Returns false for a run that has ended; later events belong to another run. */
  private async waitForTaskCompleted(signal?: AbortSignal): Promise<boolean> {
    for (let events = await this.readEvents(signal); this.position.length > 0; events = await this.readEvents(signal))
      if (events.some(({ eventType }) => eventType === taskCompleted)) return true;
    return false;
  }

  private async readEvents(signal?: AbortSignal) {
    const abortSignal = AbortSignal.any(signal === undefined ? [] : [signal]); // a new signal, because the SDK never removes its listener
    const { connection, options, workflowService } = this.client();
    const execution = { workflowId: this.workflowId };
    const request = { namespace: options.namespace, execution, waitNewEvent: true, nextPageToken: this.position };
    const { history, nextPageToken } = await connection.withAbortSignal(abortSignal, () =>
      connection.withDeadline(Date.now() + silenceTimeout, () => workflowService.getWorkflowExecutionHistory(request)),
    );
    this.position = new Uint8Array(nextPageToken ?? []);
    return history?.events ?? [];
  }
}
