import { mkdir } from 'node:fs/promises';
import type { Answer } from '../../src/contract/answer.js';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { readLog } from '../../src/processes/log-file.js';
import { neverStarted } from '../../src/runners/health.js';
import { HostClient } from '../../src/runners/host/host-client.js';
import { ReplicaClient } from '../../src/runners/host/replica-client.js';
import { notStarted } from '../../src/runners/not-started.js';
import { reportLine } from '../../src/runners/report-line.js';
import type { CallOptions, Health, LogOptions, Runner, StartOptions } from '../../src/runners/runner.js';
import { describeUnboundResources } from '../../src/runners/unbound-resources.js';
import { type HostHandle, HostProcess } from './host-process.js';
import { combineHealth, planReplicas, readReplicaLogs } from './replicas.js';

/** Handle of a revision. Its own keys identify the first process. */
interface LocalHandle extends Handle, HostHandle {
  /** All processes, when there are several. */
  replicas?: HostHandle[];
}

/** Resources that a host process has no bound for. */
const unboundResources = ['cpu', 'gpu', ...(process.platform === 'linux' ? [] : (['memory'] as const))] as const;

/**
 * Runs a revision's callable in long-lived Python processes on this machine. Each process serves a unix socket.
 *
 * Applies the resources `memory` (writable memory of each process, counted by Linux only; beyond it the code gets a
 * MemoryError), `concurrency` (concurrent calls in a process, one when absent; more wait), `replicas` (processes) and,
 * as the plan's, `timeout`. It has no bound for `cpu` and `gpu`: the software sees the entire machine, and the log says
 * so.
 */
export class LocalRunner implements Runner {
  private readonly plans: RunPlan[];
  private readonly hostProcesses: HostProcess[];
  private handles: HostHandle[] = [];
  private clients: HostClient[] = [];
  private client: HostClient | ReplicaClient | undefined;

  constructor(private readonly plan: RunPlan) {
    this.plans = planReplicas(plan);
    this.hostProcesses = this.plans.map((each) => new HostProcess(each));
  }

  /** Starts the processes that do not run. */
  async start(options: StartOptions): Promise<Handle> {
    const { plan } = this;
    await mkdir(plan.stateDirectory, { recursive: true, mode: 0o700 });
    const note = describeUnboundResources(plan, unboundResources);
    if (note !== undefined) await reportLine(plan, note, options.onProgress);
    const started = await Promise.allSettled(this.hostProcesses.map((host) => host.start(options)));
    const failed = started.find((one) => one.status === 'rejected');
    if (failed !== undefined) {
      await this.stop(); // a start that fails leaves nothing running
      throw failed.reason;
    }
    const replicas = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const [first] = replicas;
    if (first === undefined) throw new Error('there is at least one process');
    const handle: LocalHandle = {
      plan,
      endpoint: first.socket,
      startedAt: new Date().toISOString(),
      ...first,
      ...(replicas.length > 1 && { replicas }),
    };
    await this.attach(handle);
    return handle;
  }

  async attach(handle: Handle): Promise<void> {
    await this.close();
    const { replicas, pid, processStartTime, socket, token } = handle as LocalHandle; // written by `start`
    this.handles = replicas ?? [{ pid, processStartTime, socket, token }];
    const { timeout } = this.plan;
    this.clients = this.handles.map(
      ({ socket }, index) => new HostClient({ socket, timeout, ...pickStateDirectory(this.plans[index]) }),
    );
    const [first] = this.clients;
    this.client = this.clients.length === 1 ? first : new ReplicaClient(this.clients, this.plan.timeout);
  }

  async run(inputs: unknown, options?: CallOptions): Promise<Answer> {
    return this.client === undefined ? notStarted : this.client.call(inputs, options);
  }

  async *stream(inputs: unknown, options?: CallOptions): AsyncGenerator<unknown, Answer> {
    return this.client === undefined ? notStarted : yield* this.client.stream(inputs, options);
  }

  async runText(inputs: string, options?: CallOptions): Promise<string> {
    return this.client === undefined ? JSON.stringify(notStarted) : this.client.callText(inputs, options);
  }

  async *streamText(inputs: string, options?: CallOptions): AsyncGenerator<string, string> {
    return this.client === undefined ? JSON.stringify(notStarted) : yield* this.client.streamText(inputs, options);
  }

  async isHealthy(): Promise<Health> {
    const { handles, hostProcesses, clients } = this;
    if (handles.length === 0) return neverStarted;
    const checks = handles.map(async (handle, index) => {
      const [host, client] = [hostProcesses[index], clients[index]];
      if (host === undefined || client === undefined) throw new Error('the plan says how many replicas there are');
      return await host.isHealthy(handle, client);
    });
    return combineHealth(await Promise.all(checks));
  }

  logs(options?: LogOptions): AsyncIterable<string> {
    if (this.plans.length === 1) return readLog(this.plan.logFile, options);
    return readReplicaLogs(
      [this.plan, ...this.plans.slice(1)].map(({ logFile }) => logFile),
      options,
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.hostProcesses.map((host) => host.stop()));
    await this.close();
  }

  async undo(): Promise<void> {
    await Promise.all(this.hostProcesses.map((host) => host.undo()));
    await this.close();
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.close();
  }
}

const pickStateDirectory = (plan: RunPlan | undefined) =>
  plan === undefined ? {} : { stateDirectory: plan.stateDirectory };
