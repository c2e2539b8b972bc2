import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities, type Dependencies } from './src/activities/index.js';
import { AdapterAgent } from './src/adaptation/index.js';
import { AgentRegistry } from './src/agents/index.js';
import { requestOnce } from './src/client/request-once.js';
import { RedeployGateway } from './src/client/schedules/index.js';
import { WorkflowLookup } from './src/client/workflow-lookup.js';
import { Environments } from './src/environments/index.js';
import { BerthError } from './src/errors.js';
import { berthHome } from './src/home/home.js';
import { packageRoot } from './src/home/package-root.js';
import { StrategyRegistry } from './src/registry/index.js';
import { findOpenaiModel, SelectorAgent } from './src/selection/index.js';
import {
  ensureStack,
  formatWorkerIdentity,
  getHostId,
  prepareForegroundWorker,
  reassignLostActivities,
  type TemporalTarget,
} from './src/stack/index.js';
import { ensureReconcileSchedule, triggerReconciliation } from './src/stack/reconcile-schedule.js';
import { readNamespaceId } from './src/temporal/namespace.js';
import { hostQueue, sharedQueue } from './src/workflows/messages.js';

/** Builds everything that a step needs; the one place that does. */
async function buildDependencies(client: Client): Promise<Dependencies> {
  const home = berthHome();
  const host = getHostId();
  const ask = requestOnce(client);
  const registry = await StrategyRegistry.scan({ home });
  return {
    home,
    host,
    deployments: new WorkflowLookup(await readNamespaceId(client.connection, client.options.namespace), ask),
    renewReconcileSchedule: () => ensureReconcileSchedule(client, host),
    log,
    registry,
    selector: new SelectorAgent(registry, { model: findOpenaiModel(), home }),
    adapter: new AdapterAgent({ registry, home, agents: () => AgentRegistry.load(home) }),
    environments: new Environments(home),
    redeployGateway: new RedeployGateway(ask),
  };
}

/** Polls the shared queue and this host's own until the process is told to end. */
async function work(): Promise<void> {
  const logger = new DefaultLogger('WARN');
  Runtime.install({ logger, shutdownSignals: ['SIGINT', 'SIGTERM'] });
  const target = await ensureStack({ needsWorker: false });
  const tell = listenersOf(target);
  const connection = await NativeConnection.connect(target.connectionOptions);
  const client = new Client({ connection, namespace: target.namespace });
  const dependencies = await buildDependencies(client);
  const [shared, own] = await Promise.all([
    createWorker(connection, target, dependencies, sharedQueue),
    createWorker(connection, target, dependencies, hostQueue(dependencies.host)),
    reassignLostActivities(client, dependencies.host).catch((error: Error) =>
      log(`what a killed worker left is given out once its heartbeats are missed: ${error.message}`),
    ),
  ]);
  try {
    const workers = [shared, own];
    const isPolling = announce(workers, tell).then(() => beginReconciling(client, dependencies.host));
    await Promise.all([...workers.map((worker) => worker.run()), isPolling]);
  } finally {
    await connection.close();
  }
}

async function createWorker(
  connection: NativeConnection,
  { namespace }: TemporalTarget,
  dependencies: Dependencies,
  taskQueue: string,
): Promise<Worker> {
  const isShared = taskQueue === sharedQueue;
  const options: WorkerOptions = {
    connection,
    namespace,
    taskQueue,
    identity: formatWorkerIdentity(dependencies.host),
    activities: createActivities(dependencies),
    ...(isShared && { workflowBundle: { codePath: join(packageRoot, 'dist', 'workflows.js') } }),
    shutdownGraceTime: '2s',
    shutdownForceTime: '20s',
    // How long a cancellation can stay unnoticed by a step that beats: its own beat is the longer of the two.
    maxHeartbeatThrottleInterval: '1s',
    // Each running deployment keeps one slot of its host's queue for its supervision.
    maxConcurrentActivityTaskExecutions: isShared ? 20 : 2_000,
  };
  return await Worker.create(options);
}

/** What an earlier worker left is looked for at once. A server that does not allow schedules costs no more than that. */
async function beginReconciling(client: Client, host: string): Promise<void> {
  try {
    await ensureReconcileSchedule(client, host);
    await triggerReconciliation(client, host);
  } catch (error) {
    log(`this host is not reconciled by itself: ${BerthError.from(error).message}`);
  }
}

const log = (line: string): void => void process.stderr.write(`${new Date().toISOString()} ${line}\n`);

/** Tells whoever waits for it that both queues are polled. */
async function announce(workers: Worker[], tell: () => Promise<void>): Promise<void> {
  while (workers.some((worker) => worker.getState() === 'INITIALIZED')) await sleep(5);
  await tell();
}

/** Of a worker in the background whoever started it waits for a file; one in the foreground is found by every command. */
function listenersOf(target: TemporalTarget): () => Promise<void> {
  const { BERTH_READY_FILE } = process.env;
  if (BERTH_READY_FILE === undefined) return prepareForegroundWorker(target).announce;
  return () => writeFile(BERTH_READY_FILE, JSON.stringify({ ready: true, pid: process.pid }));
}

await work();
