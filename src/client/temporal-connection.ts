import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Connection, isGrpcDeadlineError } from '@temporalio/client';
import { BerthError } from '../errors.js';
import { ensureStack, type TemporalTarget } from '../stack/index.js';
import { connectToTarget } from '../temporal/open-connection.js';
import { translateFailure } from '../temporal/translate-failure.js';
import { WorkflowEventWatch } from '../temporal/workflow-event-watch.js';
import { sharedQueue, workflowId } from '../workflows/messages.js';

/** Milliseconds to retry while a server or worker is replaced; a sticky queue alone can take 10 s. */
const requestTimeout = 60_000;

/**
 * The connection to the server. With the embedded stack it survives the end of server and worker: it restarts them
 * and repeats the request.
 */
export class TemporalConnection {
  private constructor(
    private target: TemporalTarget,
    private connection: Connection,
    private readonly onProgress: ((line: string) => void) | undefined,
  ) {}

  static async connect(onProgress?: (line: string) => void): Promise<TemporalConnection> {
    const target = await ensureStack({ needsWorker: true, ...(onProgress && { onProgress }) });
    return new TemporalConnection(target, await connectToTarget(target), onProgress);
  }

  /** Runs an operation and retries it while server or worker are unreachable, so it must be idempotent. */
  async request<T>(name: string, operation: (client: Client) => Promise<T>): Promise<T> {
    for (const deadline = Date.now() + requestTimeout; ; ) {
      try {
        return await operation(this.createClient());
      } catch (error) {
        const failure = isGrpcDeadlineError(error)
          ? await this.explainTimeout(error, name)
          : translateFailure(error, name);
        const isTransient = failure.code === 'SERVER_UNREACHABLE' || failure.code === 'WORKER_UNREACHABLE';
        if (!isTransient || Date.now() > deadline) throw failure;
        await sleep(100);
        await this.reconnect();
      }
    }
  }

  /** Watches a workflow; starts a killed embedded server or worker again. */
  watch(workflow: string): WorkflowEventWatch {
    const ensureRunning = async () => void (this.target.isEmbedded && (await this.reconnect()));
    return new WorkflowEventWatch(workflow, () => this.createClient(), ensureRunning);
  }

  /**
   * Checks that a configured server has a worker, without which a deployment would never start.
   *
   * @throws WORKER_UNREACHABLE when no worker polls.
   */
  async requireWorker(): Promise<void> {
    if (this.target.isEmbedded) return;
    const { pollers } = await this.connection.workflowService.describeTaskQueue({
      namespace: this.target.namespace,
      taskQueue: { name: sharedQueue },
      taskQueueType: 1, // workflow tasks
    });
    if (pollers.length > 0) return;
    throw new BerthError('WORKER_UNREACHABLE', `no worker polls the queue ${sharedQueue} at ${this.target.address}`);
  }

  /** Reads the ID of the namespace, which identifies the server. */
  async readServerId(): Promise<string> {
    const { readNamespaceId } = await import('../temporal/namespace.js');
    return await readNamespaceId(this.connection, this.target.namespace);
  }

  buildDeploymentUrl(name: string): string | null {
    return this.buildPageUrl(`workflows/${workflowId(name)}`);
  }

  /** Builds the URL of a page of the namespace in the Web UI; null if the Web UI is unknown. */
  buildPageUrl(path: string): string | null {
    const { webUrl, namespace } = this.target;
    return webUrl === null ? null : `${webUrl}/namespaces/${namespace}/${path}`;
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private createClient(): Client {
    return new Client({ connection: this.connection, namespace: this.target.namespace });
  }

  /** Explains a timeout: either the server does not answer, which throws, or it waited for a worker. */
  private async explainTimeout(cause: unknown, name: string): Promise<BerthError> {
    await (await connectToTarget(this.target)).close();
    return new BerthError('WORKER_UNREACHABLE', `no worker answers for ${name}`, { name }, { cause });
  }

  private async reconnect(): Promise<void> {
    const { address } = this.target;
    this.target = await ensureStack({ needsWorker: true, ...(this.onProgress && { onProgress: this.onProgress }) });
    if (this.target.address === address) return;
    await this.connection.close();
    this.connection = await connectToTarget(this.target);
  }
}
