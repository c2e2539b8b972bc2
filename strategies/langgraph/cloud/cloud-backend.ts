import type { Answer } from '../../../src/contract/answer.js';
import type { RunPlan } from '../../../src/contract/handle.js';
import { appendLines } from '../../../src/processes/log-file.js';
import { createErrorAnswer } from '../../../src/runners/call-deadline.js';
import { type CloudRecord, cloudRecord } from '../../../src/runners/cloud/cloud-record.js';
import { HealthCache } from '../../../src/runners/cloud/health-cache.js';
import { readRevisionLog } from '../../../src/runners/cloud/read-revision-log.js';
import { gone, neverStarted, ready, unknown, unresponsive } from '../../../src/runners/health.js';
import { reportLine } from '../../../src/runners/report-line.js';
import type { Health, LogOptions, StartOptions } from '../../../src/runners/runner.js';
import { listRequestedResources } from '../../../src/runners/unbound-resources.js';
import type { CallTarget, CloudDeployment, GraphHandle, ServerInfo, ServingBackend } from '../serving-backend.js';
import { openAccount } from './account.js';
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
  private readonly healthCache = new HealthCache(healthCacheTime);

  constructor(private readonly plan: RunPlan) {}

  async start({ env, signal, onProgress }: StartOptions): Promise<ServerInfo> {
    const { startDeployment } = await import('./start-deployment.js');
    const report = (line: string) => reportLine(this.plan, line, onProgress);
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
  isHealthy({ cloud }: GraphHandle): Promise<Health> {
    return this.healthCache.get(() => this.checkHealth(cloud));
  }

  /** Berth's own lines and what was kept of what is gone, then what LangSmith has of the server's. */
  logs(options: LogOptions = {}): AsyncIterable<string> {
    return readRevisionLog(this.plan, options, async (record) => {
      const { cloud, readCloudLog } = await openDeployment(record, options.signal);
      return readCloudLog(cloud, record, options);
    });
  }

  async stop(): Promise<void> {
    await this.remove({ keepsLog: true });
  }

  async undo(): Promise<void> {
    await this.remove({ keepsLog: false });
    await cloudRecord.remove(this.plan);
  }

  /** With a deployment its log goes, too. */
  private async remove({ keepsLog: archivesLog }: { keepsLog: boolean }): Promise<void> {
    const record = await cloudRecord.read(this.plan);
    if (record === undefined) return;
    const [{ cloud, readCloudLog }, { removeDeployment }] = await Promise.all([
      openDeployment(record),
      import('./remove-deployment.js'),
    ]);
    const { logFile } = this.plan;
    if (archivesLog)
      await appendLines(logFile, readCloudLog(cloud, record)).catch((error: Error) =>
        reportLine(this.plan, `the log in LangSmith could not be kept: ${error.message}`),
      );
    await removeDeployment(cloud, record);
    this.healthCache.clear();
  }

  private async checkHealth(cloud: CloudDeployment | undefined): Promise<Health> {
    if (cloud === undefined) return neverStarted;
    const { LangSmithClient } = await import('./lang-smith-client.js');
    try {
      const asked = new LangSmithClient(openAccount(cloud.address));
      const revision = (await asked.get(cloud.id)) && (await asked.findLatestRevision(cloud.id));
      if (revision?.status === 'DEPLOYED') return ready(`LangSmith says that ${cloud.name} is DEPLOYED`);
      if (revision === undefined) return gone(`LangSmith has no deployment ${cloud.name}`);
      return unresponsive(`LangSmith says that ${cloud.name} is ${revision.status}`);
    } catch (error) {
      return unknown(`LangSmith cannot be reached: ${error instanceof Error ? error.message : error}`);
    }
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
function describeUnappliedResources(plan: RunPlan): string | undefined {
  const names = listRequestedResources(plan, ['cpu', 'memory', 'gpu', 'replicas']);
  return names.length === 0
    ? undefined
    : `LangSmith sizes its serverless deployments itself: ${names.join(', ')} not applied`;
}
