import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  Connection,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { DeployConfig } from '../contract/config.js';
import type { DeploymentInfo, DeploymentState } from '../contract/status.js';
import { BerthError, isErrorCode } from '../errors.js';
import { ensureStack, type TemporalTarget } from '../stack/index.js';
import {
  abandonUpdate,
  cleanupSignal,
  sharedQueue,
  startUpdate,
  statusQuery,
  stopUpdate,
  workflowId,
  workflowType,
} from '../workflows/messages.js';
import { searchAttributes } from '../workflows/search-attributes.js';
import { translateFailure } from './translate-failure.js';

/** A deployment in a list: what the server's index knows, without asking each workflow. */
export type DeploymentSummary = Pick<DeploymentInfo, 'name' | 'state' | 'strategy' | 'revision' | 'host' | 'webUrl'> & {
  /** ISO 8601. */
  createdAt: string;
};

/** States in which nothing more happens by itself. */
const settled: readonly DeploymentState[] = ['running', 'stopped', 'waiting', 'cleaned'];

/** History keeps a workflow's argument whole: its limit is 2 MB, and the examples are its only large part. */
const largestConfig = 1_500_000;

/** A deployment seen from outside: started, asked and told through Temporal. Nothing here touches the software. */
export class DeploymentClient {
  private constructor(
    private readonly target: TemporalTarget,
    private readonly connection: Connection,
    private readonly client: Client,
  ) {}

  /** Connects to the server that is configured, or to the embedded one, which it starts when it does not run. */
  static async connect(options: { onProgress?: (line: string) => void } = {}): Promise<DeploymentClient> {
    const target = await ensureStack({ worker: true, ...options });
    const connection = await Connection.connect(target.connectionOptions);
    return new DeploymentClient(target, connection, new Client({ connection, namespace: target.namespace }));
  }

  /** Starts the life of a deployment and returns; NAME_TAKEN when there is one of that name. */
  async start(config: DeployConfig): Promise<void> {
    if (JSON.stringify(config).length > largestConfig)
      throw new BerthError('EXAMPLES_INVALID', 'the examples are larger than 1.5 MB: give fewer or smaller ones');
    await this.requireWorker();
    const { name, solution } = config;
    try {
      await this.client.workflow.start(workflowType, {
        workflowId: workflowId(name),
        workflowIdConflictPolicy: 'FAIL',
        taskQueue: sharedQueue,
        args: [config],
        typedSearchAttributes: [
          { key: searchAttributes.name, value: name },
          { key: searchAttributes.state, value: 'selecting' },
        ],
        staticSummary: `${name}: ${solution.path}`,
        staticDetails: solution.goal ?? `The deployment of ${solution.path}`,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw translateFailure(error, name);
      const { state } = await this.info(name);
      throw new BerthError('NAME_TAKEN', `there is a deployment called ${name}, and it is ${state}`, { name });
    }
  }

  async info(name: string): Promise<DeploymentInfo> {
    return await this.ask(name, (handle) => handle.query(statusQuery));
  }

  /** All deployments that are not cleaned up, oldest first. */
  async list(): Promise<DeploymentSummary[]> {
    const query = `WorkflowType = '${workflowType}' AND ExecutionStatus = 'Running'`;
    const found: DeploymentSummary[] = [];
    for await (const { typedSearchAttributes: attributes, startTime } of this.client.workflow.list({ query })) {
      const name = attributes.get(searchAttributes.name);
      if (name === undefined) continue;
      found.push({
        name,
        // The worker writes nothing else into this attribute.
        state: (attributes.get(searchAttributes.state) ?? 'selecting') as DeploymentState,
        strategy: attributes.get(searchAttributes.strategy) ?? null,
        revision: attributes.get(searchAttributes.revision) ?? null,
        host: attributes.get(searchAttributes.host) ?? null,
        webUrl: this.webUrl(name),
        createdAt: startTime.toISOString(),
      });
    }
    return found.sort((one, other) => one.createdAt.localeCompare(other.createdAt));
  }

  /**
   * Tells each change until the deployment is settled: running, stopped, waiting or cleaned.
   *
   * @throws the error of a request that was wrong in itself: such a deployment is undone, its name free again.
   */
  async follow(
    name: string,
    onChange: (info: DeploymentInfo) => void,
    options: { signal?: AbortSignal } = {},
  ): Promise<DeploymentInfo> {
    let seen = '';
    for (let pause = 25; ; pause = Math.min(pause * 1.2, 500)) {
      options.signal?.throwIfAborted();
      const info = await this.info(name);
      const now = JSON.stringify(info);
      if (now !== seen) onChange(info);
      seen = now;
      if (settled.includes(info.state)) return requireRightRequest(info);
      await sleep(pause, undefined, options);
    }
  }

  async stop(name: string): Promise<DeploymentInfo> {
    return await this.ask(name, (handle) => handle.executeUpdate(stopUpdate));
  }

  /** Starts a stopped deployment (`start` starts a new one). */
  async begin(name: string): Promise<DeploymentInfo> {
    return await this.ask(name, (handle) => handle.executeUpdate(startUpdate));
  }

  /** Gives up a deployment that waits, and resolves when all of it is undone. */
  async abandon(name: string): Promise<DeploymentInfo> {
    await this.ask(name, (handle) => handle.executeUpdate(abandonUpdate));
    return await this.undone(name);
  }

  /** Undoes a deployment in whatever state it is, and resolves when all of it is proven gone. */
  async cleanup(name: string, onChange: (info: DeploymentInfo) => void = () => {}): Promise<DeploymentInfo> {
    await this.ask(name, async (handle) => {
      const { status } = await handle.describe();
      if (status.name === 'RUNNING') await handle.signal(cleanupSignal);
      return await handle.query(statusQuery);
    });
    return await this.undone(name, onChange);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private async undone(name: string, onChange: (info: DeploymentInfo) => void = () => {}): Promise<DeploymentInfo> {
    for (let pause = 25; ; pause = Math.min(pause * 1.2, 500)) {
      const info = await this.info(name);
      onChange(info);
      if (info.state === 'cleaned') return info;
      if (info.state === 'cleaning' && info.lastError?.code === 'UNDO_INCOMPLETE') throw asError(info);
      await sleep(pause);
    }
  }

  private async ask(
    name: string,
    question: (handle: WorkflowHandle) => Promise<DeploymentInfo>,
  ): Promise<DeploymentInfo> {
    try {
      const info = await question(this.client.workflow.getHandle(workflowId(name)));
      return { ...info, webUrl: this.webUrl(name) };
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw translateFailure(error, name);
      throw new BerthError('NAME_UNKNOWN', `there is no deployment called ${name}`, { name }, { cause: error });
    }
  }

  /** A server of the user's own may have no worker yet: better said at once than by a deployment that never begins. */
  private async requireWorker(): Promise<void> {
    if (this.target.isEmbedded) return;
    const { pollers } = await this.connection.workflowService.describeTaskQueue({
      namespace: this.target.namespace,
      taskQueue: { name: sharedQueue },
      taskQueueType: 1,
    });
    if (pollers.length > 0) return;
    throw new BerthError('WORKER_UNREACHABLE', `no worker polls the queue ${sharedQueue} at ${this.target.address}`);
  }

  private webUrl(name: string): string | null {
    const { webUrl, namespace } = this.target;
    return webUrl === null ? null : `${webUrl}/namespaces/${namespace}/workflows/${workflowId(name)}`;
  }
}

function requireRightRequest(info: DeploymentInfo): DeploymentInfo {
  if (info.state === 'cleaned' && info.lastError !== null) throw asError(info);
  return info;
}

function asError({ name, source, lastError }: DeploymentInfo): BerthError {
  const code = lastError !== null && isErrorCode(lastError.code) ? lastError.code : 'INTERNAL';
  const evidence = lastError?.evidence ?? undefined;
  return new BerthError(code, lastError?.message ?? 'it ended without a word', {
    name,
    path: source.path,
    ...(evidence === undefined ? {} : { evidence }),
  });
}
