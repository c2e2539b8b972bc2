import { randomUUID } from 'node:crypto';
import type { WorkflowExecutionInfo, WorkflowHandle } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { Redeployment, RequestedChange } from '../contract/change.js';
import type { DeployConfig } from '../contract/deploy-config.js';
import type { Resumption } from '../contract/round.js';
import type { DeploymentInfo } from '../contract/status.js';
import { BerthError } from '../errors.js';
import type { DeploymentServer } from '../reconciliation/index.js';
import {
  abandonUpdate,
  cleanupSignal,
  redeployUpdate,
  resumeUpdate,
  rollbackUpdate,
  startUpdate,
  statusQuery,
  stopUpdate,
  workflowId,
  workflowType,
} from '../workflows/messages.js';
import { buildDeploymentOptions } from './build-deployment-options.js';
import { findChangeError, requireValidRequest, toDeploymentError } from './deployment-failure.js';
import { type DeploymentSummary, summarizeDeployment } from './deployment-summary.js';
import { describeUser } from './describe-user.js';
import { DurableRuns } from './durable-runs/index.js';
import { type FollowOptions, followUntil, type StatusSource } from './follow-until.js';
import { isChangeSettled, isCleanupSettled, isSettled } from './is-settled.js';
import { requireSmallExamples } from './require-small-examples.js';
import { RedeploySchedules, type RequestServer } from './schedules/index.js';
import { startWorkflowOnce } from './start-workflow-once.js';
import { TemporalConnection } from './temporal-connection.js';
import { waitWhileAnswering } from './wait-while-answering.js';
import { WorkflowLookup } from './workflow-lookup.js';

export interface ConnectOptions {
  onProgress?: (line: string) => void;
  /** Requester, for the record; this user on this machine by default. */
  by?: string;
}

/** Client of the deployments' workflows in Temporal. It never accesses the software itself. */
export class DeploymentClient {
  private constructor(
    private readonly temporal: TemporalConnection,
    private readonly by: string,
  ) {}

  /** Connects to the configured server, or to the embedded one, which it starts if necessary. */
  static async connect(options: ConnectOptions = {}): Promise<DeploymentClient> {
    const { onProgress, by = describeUser() } = options;
    return new DeploymentClient(await TemporalConnection.connect(onProgress), by);
  }

  /**
   * Starts the workflow of a deployment.
   *
   * @throws NAME_TAKEN when the name is in use, WORKER_UNREACHABLE when no worker polls, EXAMPLES_INVALID when the
   * examples are too large.
   */
  async deploy(config: DeployConfig): Promise<void> {
    requireSmallExamples(config.examples);
    await this.temporal.requireWorker();
    const { name } = config;
    const options = buildDeploymentOptions(config, this.by);
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

  /** Lists all deployments that are not cleaned up, oldest first. */
  async list(): Promise<DeploymentSummary[]> {
    const query = `WorkflowType = '${workflowType}' AND ExecutionStatus = 'Running'`;
    const executions = await this.temporal.request('list', async ({ workflow }) => {
      const found: WorkflowExecutionInfo[] = [];
      for await (const execution of workflow.list({ query })) found.push(execution);
      return found;
    });
    const summaries = executions.flatMap((execution) => {
      const summary = summarizeDeployment(execution);
      return summary === undefined ? [] : [{ ...summary, webUrl: this.temporal.buildDeploymentUrl(summary.name) }];
    });
    return summaries.sort((one, other) => one.createdAt.localeCompare(other.createdAt));
  }

  /**
   * Reports each change until the deployment is settled: running, stopped, waiting or cleaned, without a running
   * change.
   *
   * @throws the error of an invalid request, whose deployment is undone.
   */
  async follow(
    name: string,
    onChange: (info: DeploymentInfo) => void,
    options: FollowOptions = {},
  ): Promise<DeploymentInfo> {
    const info = await followUntil(this.createStatusSource(name), isSettled, onChange, options);
    return requireValidRequest(info);
  }

  /**
   * Follows a change without reports.
   *
   * @throws the error of a failed or waiting change.
   */
  async followChangeToEnd(name: string, id: string): Promise<DeploymentInfo> {
    const info = await this.followChange(name, id, () => {});
    const error = findChangeError(info, id);
    if (error !== null) throw error;
    return info;
  }

  async stop(name: string): Promise<DeploymentInfo> {
    return await this.sendUpdate(name, stopUpdate, []);
  }

  /** Starts a stopped deployment. */
  async start(name: string): Promise<DeploymentInfo> {
    return await this.sendUpdate(name, startUpdate, []);
  }

  /** Resumes a waiting deployment; resolves when it has resumed. */
  async resume(name: string, resumption: Resumption): Promise<DeploymentInfo> {
    return await this.sendUpdate(name, resumeUpdate, [resumption]);
  }

  /** Abandons the waiting or running change and resolves when it is undone; without an active revision, cleans up. */
  async abandon(name: string): Promise<DeploymentInfo> {
    const info = await this.sendUpdate(name, abandonUpdate, []);
    return info.revision === null ? await this.waitForCleanup(name) : info;
  }

  /** Requests a new revision; resolves when the request is recorded. `followChange` follows it. */
  async redeploy(name: string, redeployment: Redeployment): Promise<RequestedChange> {
    requireSmallExamples(redeployment.changes.examples);
    await this.temporal.requireWorker();
    return await this.sendUpdate(name, redeployUpdate, [redeployment]);
  }

  /** Requests a rollback to a kept revision, or to the previous one for null; resolves when the request is recorded. */
  async rollBack(name: string, target: string | null): Promise<RequestedChange> {
    return await this.sendUpdate(name, rollbackUpdate, [target]);
  }

  /** Reports each new info of the deployment until the change ends or waits. */
  async followChange(
    name: string,
    id: string,
    onChange: (info: DeploymentInfo) => void,
    options: FollowOptions = {},
  ): Promise<DeploymentInfo> {
    return await followUntil(this.createStatusSource(name), isChangeSettled(id), onChange, options);
  }

  /** Undoes a deployment in any state; resolves when all its resources are verified to be gone. */
  async cleanup(name: string, onChange: (info: DeploymentInfo) => void = () => {}): Promise<DeploymentInfo> {
    await this.temporal.request(name, async ({ workflow }) => {
      const handle = workflow.getHandle(workflowId(name));
      const { status } = await handle.describe();
      if (status.name === 'RUNNING') await handle.signal(cleanupSignal, this.by);
      else if (terminatedStatuses.has(status.name)) throw createTerminatedError(name, status.name);
    });
    return await this.waitForCleanup(name, onChange);
  }

  /** Returns the server for reconciliation. */
  async getServer(): Promise<DeploymentServer> {
    return new WorkflowLookup(await this.temporal.readServerId(), (name, operation) =>
      this.temporal.request(name, operation),
    );
  }

  /** Redeploy schedules. */
  get schedules(): RedeploySchedules {
    return new RedeploySchedules(this.context);
  }

  /** Durable runs: recorded calls that are retried until they are answered. */
  get runs(): DurableRuns {
    return new DurableRuns(this.context);
  }

  async close(): Promise<void> {
    await this.temporal.close();
  }

  private get context() {
    const { temporal, by } = this;
    const requestServer: RequestServer = (name, operation) => temporal.request(name, operation);
    return { requestServer, by, webUrl: (page: string) => temporal.buildPageUrl(page) };
  }

  /** Sends an update with an ID that makes it idempotent. */
  private async sendUpdate<Result, Args extends unknown[]>(
    name: string,
    update: UpdateDefinition<Result, [...Args, by: string]>,
    args: Args,
  ): Promise<Result> {
    const [first, ...rest]: unknown[] = [...args, this.by];
    const options = { args: [first, ...rest] as [unknown, ...unknown[]], updateId: randomUUID() };
    // The server lets an update wait forever for a worker.
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
    operation: (handle: WorkflowHandle) => Promise<Result>,
  ): Promise<Result> {
    const result = await this.temporal.request(name, ({ workflow }) => operation(workflow.getHandle(workflowId(name))));
    return isDeploymentInfo(result) ? { ...result, webUrl: this.temporal.buildDeploymentUrl(name) } : result;
  }
}

/** Statuses of workflows that were ended from outside, before they undid anything. */
const terminatedStatuses = new Set(['TERMINATED', 'CANCELLED', 'TIMED_OUT']);

const createTerminatedError = (name: string, status: string): BerthError =>
  new BerthError('WORKFLOW_ENDED', `the workflow of ${name} was ended from outside (${status}) and undid nothing`, {
    name,
  });

const isDeploymentInfo = (answer: unknown): answer is DeploymentInfo =>
  typeof answer === 'object' && answer !== null && 'webUrl' in answer;
