import type { Answer } from '../../../src/contract/answer.js';
import type { RunPlan } from '../../../src/contract/handle.js';
import { appendLines, appendLog, readLog } from '../../../src/processes/log-file.js';
import { createErrorAnswer } from '../../../src/runners/call-deadline.js';
import type { Health, LogOptions, StartOptions } from '../../../src/runners/runner.js';
import type { CallTarget, GraphHandle, ServerInfo, ServingBackend } from '../serving-backend.js';
import { openAccount } from './account.js';
import { type CloudDeployment, type CloudRecord, readCloudRecord, removeCloudRecord } from './cloud-record.js';
import { keyVariable } from './environment-variables.js';

/** Milliseconds for which a look at the cloud stands: supervision looks every second. */
const healthCacheTime = 10_000;

/**
 * LangSmith Deployment: one serverless deployment per revision, built there from its source. Started only where the plan's
 * provider says so, which is the user's word, with the key of `LANGSMITH_API_KEY`. LangSmith keeps a deployment's threads
 * with it: they end when it is stopped, which is its deletion, as LangSmith has no other end.
 *
 * Of `resources` it applies `concurrency` and, as the plan's, `timeout`; LangSmith sizes its serverless deployments itself.
 */
export class CloudBackend implements ServingBackend {
  private cachedHealth: { health: Health; until: number } | undefined;

  constructor(private readonly plan: RunPlan) {}

  async start({ env, signal, onProgress }: StartOptions): Promise<ServerInfo> {
    const { startDeployment } = await import('./start-deployment.js');
    const report = (line: string) => this.say(line, onProgress);
    const unappliedNote = describeUnappliedResources(this.plan);
    if (unappliedNote !== undefined) await report(unappliedNote);
    return await startDeployment(this.plan, { env, signal, report });
  }

  findCallTarget({ endpoint }: GraphHandle): CallTarget | Answer {
    const key = process.env[keyVariable];
    if (key) return { url: endpoint, headers: { 'x-api-key': key } };
    return createErrorAnswer(
      'CLOUD_REFUSED',
      `calls to ${endpoint} need the key in ${keyVariable}, which is not set here`,
    );
  }

  /** By the control plane alone: a probe of the endpoint would keep it from scaling to zero, and cost. */
  async isHealthy({ cloud }: GraphHandle): Promise<Health> {
    if (this.cachedHealth !== undefined && Date.now() < this.cachedHealth.until) return this.cachedHealth.health;
    const health = await this.checkHealth(cloud);
    this.cachedHealth = health.isHealthy ? { health, until: Date.now() + healthCacheTime } : undefined;
    return health;
  }

  /** Berth's own lines and what was kept of what is gone, then what LangSmith has of the server's. */
  async *logs(options: LogOptions = {}): AsyncIterable<string> {
    const record = await readCloudRecord(this.plan);
    if (record === undefined || options.tail === undefined) yield* readLog(this.plan.logFile, record ? {} : options);
    if (record === undefined) return;
    const { cloud, readCloudLog } = await openDeployment(record, options.signal);
    yield* readCloudLog(cloud, record, options);
  }

  async stop(): Promise<void> {
    await this.remove({ keepsLog: true });
  }

  async undo(): Promise<void> {
    await this.remove({ keepsLog: false });
    await removeCloudRecord(this.plan);
  }

  /** With a deployment its log goes, too. */
  private async remove({ keepsLog: archivesLog }: { keepsLog: boolean }): Promise<void> {
    const record = await readCloudRecord(this.plan);
    if (record === undefined) return;
    const [{ cloud, readCloudLog }, { removeDeployment }] = await Promise.all([
      openDeployment(record),
      import('./remove-deployment.js'),
    ]);
    const { logFile } = this.plan;
    if (archivesLog)
      await appendLines(logFile, readCloudLog(cloud, record)).catch((error: Error) =>
        this.say(`the log in LangSmith could not be kept: ${error.message}`),
      );
    await removeDeployment(cloud, record);
    this.cachedHealth = undefined;
  }

  private async checkHealth(cloud: CloudDeployment | undefined): Promise<Health> {
    if (cloud === undefined) return { isHealthy: false, state: 'gone', detail: 'it was not started' };
    const { LangSmithClient } = await import('./lang-smith-client.js');
    try {
      const asked = new LangSmithClient(openAccount(cloud.address));
      const revision = (await asked.get(cloud.id)) && (await asked.findLatestRevision(cloud.id));
      if (revision?.status === 'DEPLOYED')
        return { isHealthy: true, state: 'ready', detail: `LangSmith says that ${cloud.name} is DEPLOYED` };
      const detail = `LangSmith says that ${cloud.name} is ${revision?.status ?? 'not there'}`;
      return { isHealthy: false, state: revision === undefined ? 'gone' : 'unresponsive', detail };
    } catch (error) {
      const detail = `LangSmith cannot be asked: ${error instanceof Error ? error.message : error}`;
      return { isHealthy: false, state: 'unknown', detail };
    }
  }

  private async say(line: string, onProgress?: StartOptions['onProgress']): Promise<void> {
    onProgress?.(line);
    await appendLog(this.plan.logFile, `berth: ${line}\n`);
  }
}

/** What needs more than a call does is loaded with the first use. */
async function openDeployment({ address }: CloudRecord, signal?: AbortSignal) {
  const [{ LangSmithClient }, { readCloudLog }] = await Promise.all([
    import('./lang-smith-client.js'),
    import('./read-cloud-log.js'),
  ]);
  return { cloud: new LangSmithClient(openAccount(address), signal), readCloudLog };
}

/** What the plan asks for and LangSmith decides by itself. */
function describeUnappliedResources({ resources }: RunPlan): string | undefined {
  const names = (['cpu', 'memory', 'gpu', 'replicas'] as const).filter((name) => resources[name] !== undefined);
  return names.length === 0
    ? undefined
    : `LangSmith sizes its serverless deployments itself: ${names.join(', ')} not applied`;
}
