import { randomUUID } from 'node:crypto';
import type { WorkflowExecutionInfo, WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { Redeployment, RequestedChange } from '../contract/change.js';
import type { DeployConfig } from '../contract/deploy-config.js';
import type { Example } from '../contract/example.js';
import type { Resumption } from '../contract/round.js';
import { maxExamplesBytes } from '../contract/size-limits.js';
import type { DeploymentInfo } from '../contract/status.js';
import { BerthError } from '../errors.js';
import type { DeploymentServer } from '../reconciliation/index.js';
import {
  abandonUpdate,
  cleanupSignal,
  redeployUpdate,
  resumeUpdate,
  rollbackUpdate,
  sharedQueue,
  startUpdate,
  statusQuery,
  stopUpdate,
  workflowId,
  workflowType,
} from '../workflows/messages.js';
import { searchAttributes } from '../workflows/status/search-attributes.js';
import { findChangeError, requireValidRequest, toDeploymentError } from './deployment-failure.js';
import { type DeploymentSummary, summarizeDeployment } from './deployment-summary.js';
import { describeUser } from './describe-user.js';
import { DurableRuns } from './durable-runs/index.js';
import { type FollowOptions, followUntil, type StatusSource } from './follow-until.js';
import { isChangeSettled, isCleanupSettled, isSettled } from './is-settled.js';
import { RedeploySchedules, type RequestServer } from './schedules/index.js';
import { startWorkflowOnce } from './start-workflow-once.js';
import { TemporalConnection } from './temporal-connection.js';
import { waitWhileAnswering } from './wait-while-answering.js';
import { WorkflowLookup } from './workflow-lookup.js';

export interface ConnectOptions {
  onProgress?: (line: string) => void;
  /** Who asks, for the record; this user on this machine when absent. */
  by?: string;
}

/** A deployment seen from outside: started, asked and told through Temporal. Nothing here touches the software. */
export class DeploymentClient {
  private constructor(
    private readonly temporal: TemporalConnection,
    private readonly by: string,
  ) {}

  /** Connects to the server that is configured, or to the embedded one, which it starts when it does not run. */
  static async connect(options: ConnectOptions = {}): Promise<DeploymentClient> {
    const { onProgress, by = describeUser() } = options;
    return new DeploymentClient(await TemporalConnection.connect(onProgress), by);
  }

  /** Starts the life of a deployment and returns; NAME_TAKEN when there is one of that name. */
  async deploy(config: DeployConfig): Promise<void> {
    requireSmallExamples(config.examples);
    await this.temporal.requireWorker();
    const { name, solution } = config;
    const options = {
      workflowId: workflowId(name),
      workflowIdConflictPolicy: 'FAIL' as const,
      taskQueue: sharedQueue,
      args: [{ ...config, requestedBy: this.by }],
      typedSearchAttributes: [
        { key: searchAttributes.name, value: name },
        { key: searchAttributes.state, value: 'selecting' },
      ],
      // A run that takes over from an earlier one is younger than the deployment.
      memo: { createdAt: new Date().toISOString(), request: randomUUID() },
      staticSummary: `${name}: ${solution.path}`,
      staticDetails: solution.goal ?? `The deployment of ${solution.path}`,
    };
    try {
      await this.temporal.request(name, ({ workflow }) => startWorkflowOnce(workflow, workflowType, options));
    } catch (error) {
      if (!(error instanceof BerthError) || error.code !== 'NAME_TAKEN') throw error;
      const { state } = await this.info(name);
      throw new BerthError('NAME_TAKEN', `${error.message}, and it is ${state}`, { name }, { cause: error });
    }
  }

  async info(name: string): Promise<DeploymentInfo> {
    return await this.requestWorkflow(name, (handle) => handle.query(statusQuery));
  }

  /** All deployments that are not cleaned up, oldest first. */
  async list(): Promise<DeploymentSummary[]> {
    const query = `WorkflowType = '${workflowType}' AND ExecutionStatus = 'Running'`;
    const found = await this.temporal.request('list', async ({ workflow }) => {
      const executions: WorkflowExecutionInfo[] = [];
      for await (const execution of workflow.list({ query })) executions.push(execution);
      return executions;
    });
    const summaries = found.flatMap((execution) => {
      const summary = summarizeDeployment(execution);
      return summary === undefined ? [] : [{ ...summary, webUrl: this.temporal.buildDeploymentUrl(summary.name) }];
    });
    return summaries.sort((one, other) => one.createdAt.localeCompare(other.createdAt));
  }

  /**
   * Tells each change until the deployment is settled: running, stopped, waiting or cleaned, and no other revision is
   * on its way.
   *
   * @throws the error of a request that was wrong in itself: such a deployment is undone, its name free again.
   */
  async follow(
    name: string,
    onChange: (info: DeploymentInfo) => void,
    options: FollowOptions = {},
  ): Promise<DeploymentInfo> {
    const info = await followUntil(this.createStatusSource(name), isSettled, onChange, options);
    return requireValidRequest(info);
  }

  /** As `followChange`. @throws what a change failed with, or waits with */
  async followChangeToEnd(name: string, id: string): Promise<DeploymentInfo> {
    const info = await this.followChange(name, id, () => {});
    const error = findChangeError(info, id);
    if (error !== null) throw error;
    return info;
  }

  async stop(name: string): Promise<DeploymentInfo> {
    return await this.sendUpdate(name, stopUpdate, []);
  }

  /** Starts a stopped deployment (`start` starts a new one). */
  async start(name: string): Promise<DeploymentInfo> {
    return await this.sendUpdate(name, startUpdate, []);
  }

  /** Goes on with a deployment that waits; resolves as soon as it does. */
  async resume(name: string, resumption: Resumption): Promise<DeploymentInfo> {
    return await this.sendUpdate(name, resumeUpdate, [resumption]);
  }

  /** Gives up what waits or is on its way, and resolves when all of it is undone: the deployment, if nothing serves. */
  async abandon(name: string): Promise<DeploymentInfo> {
    const info = await this.sendUpdate(name, abandonUpdate, []);
    return info.revision === null ? await this.waitForCleanup(name) : info;
  }

  /** Asks for a new revision; resolves as soon as that is recorded. Its fate: `followChange`. */
  async redeploy(name: string, redeployment: Redeployment): Promise<RequestedChange> {
    requireSmallExamples(redeployment.changes.examples);
    await this.temporal.requireWorker();
    return await this.sendUpdate(name, redeployUpdate, [redeployment]);
  }

  /** Asks for a kept revision, null for the one before; resolves as soon as that is recorded. */
  async rollBack(name: string, target: string | null): Promise<RequestedChange> {
    return await this.sendUpdate(name, rollbackUpdate, [target]);
  }

  /** Tells each change of the deployment until this change of its revision is over, or waits. */
  async followChange(
    name: string,
    id: string,
    onChange: (info: DeploymentInfo) => void,
    options: FollowOptions = {},
  ): Promise<DeploymentInfo> {
    return await followUntil(this.createStatusSource(name), isChangeSettled(id), onChange, options);
  }

  /** Undoes a deployment in whatever state it is, and resolves when all of it is proven gone. */
  async cleanup(name: string, onChange: (info: DeploymentInfo) => void = () => {}): Promise<DeploymentInfo> {
    await this.temporal.request(name, async ({ workflow }) => {
      const handle = workflow.getHandle(workflowId(name));
      const { status } = await handle.describe();
      if (status.name === 'RUNNING') await handle.signal(cleanupSignal, this.by);
      else if (terminatedStatuses.has(status.name)) throw createTerminatedError(name, status.name);
    });
    return await this.waitForCleanup(name, onChange);
  }

  /** The server, as a comparison of deployments and world asks it. */
  async getServer(): Promise<DeploymentServer> {
    return new WorkflowLookup(await this.temporal.readServerId(), (name, question) =>
      this.temporal.request(name, question),
    );
  }

  /** Schedules of redeploys. */
  get schedules(): RedeploySchedules {
    return new RedeploySchedules(this.context);
  }

  /** Calls that are recorded, and made again until they are answered. */
  get runs(): DurableRuns {
    return new DurableRuns(this.context);
  }

  async close(): Promise<void> {
    await this.temporal.close();
  }

  private get context() {
    const { temporal, by } = this;
    const requestServer: RequestServer = (name, question) => temporal.request(name, question);
    return { requestServer, by, webUrl: (page: string) => temporal.buildPageUrl(page) };
  }

  /** The id makes it safe to send twice: the second answer is the first one's. */
  private async sendUpdate<Result, Args extends unknown[]>(
    name: string,
    update: UpdateDefinition<Result, [...Args, by: string]>,
    args: Args,
  ): Promise<Result> {
    const [first, ...rest]: unknown[] = [...args, this.by];
    const options = { args: [first, ...rest] as [unknown, ...unknown[]], updateId: randomUUID() };
    // The server lets an update wait for a worker for ever.
    return await this.requestWorkflow(name, (handle) =>
      waitWhileAnswering(handle.executeUpdate(update.name, options), () => handle.query(statusQuery)),
    );
  }

  private async waitForCleanup(
    name: string,
    onChange: (info: DeploymentInfo) => void = () => {},
  ): Promise<DeploymentInfo> {
    const info = await followUntil(this.createStatusSource(name), isCleanupSettled, onChange);
    if (info.state !== 'cleaned') throw toDeploymentError(info);
    return info;
  }

  private createStatusSource(name: string): StatusSource {
    const events = this.temporal.watch(workflowId(name));
    return { readInfo: () => this.info(name), waitForNext: (signal) => events.waitForNext(signal) };
  }

  private async requestWorkflow<Result>(
    name: string,
    question: (handle: WorkflowHandle) => Promise<Result>,
  ): Promise<Result> {
    const found = await this.temporal.request(name, ({ workflow }) => question(workflow.getHandle(workflowId(name))));
    return isDeploymentInfo(found) ? { ...found, webUrl: this.temporal.buildDeploymentUrl(name) } : found;
  }
}

/** How a workflow ends that was ended from outside, before it had undone anything. */
const terminatedStatuses = new Set(['TERMINATED', 'CANCELLED', 'TIMED_OUT']);

const createTerminatedError = (name: string, status: string): BerthError =>
  new BerthError('WORKFLOW_ENDED', `the workflow of ${name} was ended from outside (${status}), and undid nothing`, {
    name,
  });

const isDeploymentInfo = (answer: unknown): answer is DeploymentInfo =>
  typeof answer === 'object' && answer !== null && 'webUrl' in answer;

function requireSmallExamples(examples: Example[] = []): void {
  if (Buffer.byteLength(JSON.stringify(examples)) > maxExamplesBytes)
    throw new BerthError('EXAMPLES_INVALID', 'the examples are larger than 1.5 MB: give fewer or smaller ones');
}
