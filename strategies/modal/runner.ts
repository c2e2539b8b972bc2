import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Function_ } from 'modal';
import type { Answer } from '../../src/contract/answer.js';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import type { BerthHome } from '../../src/home/home.js';
import { appendLog, readLog } from '../../src/processes/log-file.js';
import { HealthCache } from '../../src/runners/cloud/health-cache.js';
import { gone, neverStarted, ready, unknown } from '../../src/runners/health.js';
import { notStarted } from '../../src/runners/not-started.js';
import { reportLine } from '../../src/runners/report-line.js';
import type {
  CallOptions,
  ExternalResource,
  Health,
  LogOptions,
  Runner,
  StartOptions,
} from '../../src/runners/runner.js';
import { callFunction } from './calls/call-function.js';
import { findFunction, openAllFunctions } from './cloud/find-function.js';
import { findDeployedApp, isSameVersion, openClient } from './cloud/modal-client.js';
import { type AppRecord, appRecord, type DeployedVersion } from './deploy/app-record.js';
import type { DeployedApp } from './deploy/deploy-revision.js';
import { type ModalInterface, parseModalInterface } from './modal-interface.js';

/** Handle of a revision's app. */
interface ModalHandle extends Handle {
  app: DeployedApp;
}

/** Milliseconds for which a healthy result is valid: supervision checks every second. */
const healthCacheTime = 15_000;
/** Maximum number of cached functions, one for each set of parameters. */
const maxCachedFunctions = 100;
/** Milliseconds that pending cancels may take to reach Modal when the runner closes. */
const cancelTimeout = 5_000;

/**
 * Runs a revision in Modal's cloud, as its own app: `modal deploy` creates it, and Modal's SDK calls its function.
 * Containers start on demand: a healthy app may have none.
 *
 * Applies all resources: `cpu`, `memory`, `gpu`, `timeout` and `concurrency` (concurrent calls in a container) to
 * the called function, where they take precedence over its decorator, and `replicas` as its maximum number of containers.
 * The software's variables become a Modal secret with the app's name, which every function of the app gets.
 */
export class ModalRunner implements Runner {
  private handle: ModalHandle | undefined;
  /** Functions by the parameters of their class. Modal's reply is valid for the version. */
  private readonly functionCache = new Map<string, Promise<Function_>>();
  private readonly healthCache = new HealthCache(healthCacheTime);
  private readonly pendingCancels = new Set<Promise<void>>();

  constructor(private readonly plan: RunPlan) {}

  static async listResources(home: Pick<BerthHome, 'deployments'>): Promise<ExternalResource[]> {
    const { listResources } = await import('./cloud/list-resources.js');
    return await listResources(home);
  }

  async start(options: StartOptions): Promise<Handle> {
    const { plan } = this;
    const [{ withLock }, { deployRevision }] = await Promise.all([
      import('../../src/processes/lock.js'),
      import('./deploy/deploy-revision.js'),
    ]);
    await mkdir(plan.stateDirectory, { recursive: true, mode: 0o700 });
    const lock = { directory: join(plan.stateDirectory, 'start.lock') };
    const app = await withLock(lock, () => deployRevision(plan, options));
    const handle: ModalHandle = {
      plan,
      endpoint: app.deployed.url ?? app.deployed.page,
      startedAt: new Date().toISOString(),
      app,
    };
    await this.attach(handle);
    return handle;
  }

  async attach(handle: Handle): Promise<void> {
    this.handle = handle as ModalHandle; // written by `start`
    this.functionCache.clear();
    this.healthCache.clear();
  }

  async run(inputs: unknown, options: CallOptions = {}): Promise<Answer> {
    const { plan, handle } = this;
    if (handle === undefined) return notStarted;
    const target = parseModalInterface(plan.runInterface);
    const { url } = handle.app.deployed;
    const limited = { ...options, timeout: options.timeout ?? plan.timeout };
    if (url !== undefined) {
      const { callWeb } = await import('./calls/call-web.js');
      return await callWeb({ target, url, inputs }, limited);
    }
    const call = {
      target,
      inputs,
      findFunction: (parameters: Record<string, unknown>) => this.findFunction(handle, target, parameters),
      onCancel: (cancelling: Promise<void>) => this.trackCancel(cancelling),
    };
    return await callFunction(call, limited);
  }

  /** Streams from a web endpoint. Modal's JavaScript SDK reads only complete outputs of functions. */
  async *stream(inputs: unknown, options: CallOptions = {}): AsyncGenerator<unknown, Answer> {
    const { plan, handle } = this;
    const url = handle?.app.deployed.url;
    if (url === undefined) return await this.run(inputs, options);
    const { streamWeb } = await import('./calls/stream-web.js');
    const target = parseModalInterface(plan.runInterface);
    return yield* streamWeb({ target, url, inputs }, { ...options, timeout: options.timeout ?? plan.timeout });
  }

  async isHealthy(): Promise<Health> {
    const { handle } = this;
    return handle === undefined ? neverStarted : await this.healthCache.get(() => checkHealth(handle.app));
  }

  /**
   * Yields the revision's log file, which has archived logs and the deployment's output, then Modal's log of the app.
   */
  async *logs(options: LogOptions = {}): AsyncIterable<string> {
    const { plan } = this;
    const record = await appRecord.read(plan);
    if (record === undefined || record.deployed === null) return yield* readLog(plan.logFile, options);
    if (options.tail === undefined) yield* readLog(plan.logFile);
    yield* await readAppLog(record, record.deployed, options);
  }

  async stop(): Promise<void> {
    const { plan } = this;
    const record = await appRecord.read(plan);
    if (record !== undefined) {
      const { removeRevisionApps } = await import('./cloud/remove-apps.js');
      if (record.deployed !== null) await this.archiveLog(record, record.deployed);
      await removeRevisionApps(plan, record);
      await appRecord.remove(plan);
    }
    await this.close();
  }

  /** A start creates only the app and its secret outside the plan's directories, and a stop removes both. */
  async undo(): Promise<void> {
    await this.stop();
  }

  /** Waits for pending cancels of abandoned calls. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, cancelTimeout);
    });
    await Promise.race([Promise.allSettled(this.pendingCancels), late]);
    clearTimeout(timer);
  }

  private findFunction(
    { app: { app, environment } }: ModalHandle,
    { functionName }: ModalInterface,
    parameters: Record<string, unknown>,
  ): Promise<Function_> {
    const key = JSON.stringify(Object.entries(parameters).sort());
    const known = this.functionCache.get(key);
    if (known !== undefined) return known;
    const found = openClient(environment).then((client) => findFunction(client, { app, functionName, parameters }));
    if (this.functionCache.size >= maxCachedFunctions) this.functionCache.clear();
    this.functionCache.set(key, found);
    found.catch(() => this.functionCache.delete(key));
    return found;
  }

  private trackCancel(cancelling: Promise<void>): void {
    this.pendingCancels.add(cancelling);
    cancelling.finally(() => this.pendingCancels.delete(cancelling));
  }

  /** Archives the log: Modal shows that of a stopped app only by its ID. */
  private async archiveLog(record: AppRecord, deployed: DeployedVersion): Promise<void> {
    try {
      for await (const line of await readAppLog(record, deployed)) await appendLog(this.plan.logFile, `${line}\n`);
    } catch (error) {
      if (error instanceof BerthError && error.code.startsWith('CLOUD_')) throw error;
      await reportLine(this.plan, `the log at Modal could not be archived: ${(error as Error).message}`);
    }
  }
}

/** Asks for the deployed version. An app exists whether or not a container of it runs. */
async function checkHealth({ app, deployed, environment }: DeployedApp): Promise<Health> {
  try {
    const current = await findDeployedApp(await openClient(environment), app);
    if (current === undefined) return gone(`Modal does not have the app ${app} any more`);
    if (!isSameVersion(current, deployed)) return gone(`another version of ${app} was deployed`);
    return ready(`Modal has version ${deployed.version} of ${app}`);
  } catch (error) {
    return unknown(error instanceof Error ? error.message : String(error));
  }
}

/** Reads the output of every function of the app since its deployment. */
async function readAppLog(
  { environment }: AppRecord,
  { id, at }: DeployedVersion,
  options: LogOptions = {},
): Promise<AsyncIterable<string>> {
  const { readCloudLog } = await import('./cloud/read-cloud-log.js');
  return readCloudLog(await openAllFunctions(await openClient(environment), id), new Date(at), options);
}
