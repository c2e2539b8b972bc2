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

/** Builds all dependencies of the activities, which is done nowhere else. */
async function buildDependencies(client: Client): Promise<Dependencies> {
  const home = berthHome();
  const host = getHostId();
  const requestServer = requestOnce(client);
  const registry = await StrategyRegistry.scan({ home });
  return {
    home,
    host,
    deployments: new WorkflowLookup(await readNamespaceId(client.connection, client.options.namespace), requestServer),
    renewReconcileSchedule: () => ensureReconcileSchedule(client, host),
    log,
    registry,
    selector: new SelectorAgent(registry, { model: findOpenaiModel(), home }),
    adapter: new AdapterAgent({ registry, home, agents: () => AgentRegistry.load(home) }),
    environments: new Environments(home),
    redeployGateway: new RedeployGateway(requestServer),
  };
}

/** Polls the shared queue and the host's queue until a signal ends the process. */
async function work(): Promise<void> {
  const logger = new DefaultLogger('WARN');
  Runtime.install({ logger, shutdownSignals: ['SIGINT', 'SIGTERM'] });
  const target = await ensureStack({ needsWorker: false });
  const announce = selectAnnouncement(target);
  const connection = await NativeConnection.connect(target.connectionOptions);
  const client = new Client({ connection, namespace: target.namespace });
  const dependencies = await buildDependencies(client);
  const [shared, hostOnly] = await Promise.all([
    createWorker(connection, target, dependencies, sharedQueue),
    createWorker(connection, target, dependencies, hostQueue(dependencies.host)),
    reassignLostActivities(client, dependencies.host).catch((error: Error) =>
      log(`cannot reassign activities of killed workers; they continue after a missed heartbeat: ${error.message}`),
    ),
  ]);
  try {
    const workers = [shared, hostOnly];
    const started = waitUntilPolling(workers)
      .then(announce)
      .then(() => startReconciling(client, dependencies.host));
    await Promise.all([...workers.map((worker) => worker.run()), started]);
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
    // Delays the delivery of a cancellation to an activity, whose own heartbeat interval is longer.
    maxHeartbeatThrottleInterval: '1s',
    // Supervision takes one slot of the host's queue for each running deployment.
    maxConcurrentActivityTaskExecutions: isShared ? 20 : 2_000,
  };
  return await Worker.create(options);
}

/** Reconciles immediately and then on a schedule. Only logs an error, because a server may forbid schedules. */
async function startReconciling(client: Client, host: string): Promise<void> {
  try {
    await ensureReconcileSchedule(client, host);
    await triggerReconciliation(client, host);
  } catch (error) {
    log(`cannot schedule the reconciliation of this host: ${BerthError.from(error).message}`);
  }
}

const log = (line: string): void => void process.stderr.write(`${new Date().toISOString()} ${line}\n`);

async function waitUntilPolling(workers: Worker[]): Promise<void> {
  while (workers.some((worker) => worker.getState() === 'INITIALIZED')) await sleep(5);
}

/**
 * Selects how to announce that the worker polls: by a file in the background, to the user and commands in the
 * foreground.
 */
function selectAnnouncement(target: TemporalTarget): () => Promise<void> {
  const { BERTH_READY_FILE } = process.env;
  if (BERTH_READY_FILE !== undefined)
    return () => writeFile(BERTH_READY_FILE, JSON.stringify({ ready: true, pid: process.pid }));
  const { announce } = prepareForegroundWorker(target);
  return async () => {
    await announce();
    process.stderr.write(`polling ${target.address}; Ctrl-C finishes running steps and stops\n`);
  };
}

await work();
