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

/** Milliseconds for which a healthy result is valid: supervision checks every second. */
const healthCacheTime = 10_000;

/**
 * Serves in LangSmith Deployment: one serverless deployment per revision, which LangSmith builds from source. Used only
 * when the plan's provider says so, which the user chose, with the key of `LANGSMITH_API_KEY`. LangSmith keeps a
 * deployment's threads with it. Stopping deletes the deployment, with its threads: LangSmith can only delete it.
 *
 * Applies the resources `concurrency` and, as the plan's, `timeout`. LangSmith sizes its serverless deployments itself.
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

  /** Asks the control plane only: a probe of the endpoint would keep it from scaling to zero, and cost. */
  isHealthy({ cloud }: GraphHandle): Promise<Health> {
    return this.healthCache.get(() => this.checkHealth(cloud));
  }

  /** Yields the revision's log file, which has Berth's lines and archived logs, then LangSmith's log of the server. */
  logs(options: LogOptions = {}): AsyncIterable<string> {
    return readRevisionLog(this.plan, options, async (record) => {
      const { cloud, readCloudLog } = await openDeployment(record, options.signal);
      return readCloudLog(cloud, record, options);
    });
  }

  async stop(): Promise<void> {
    await this.remove({ archivesLog: true });
  }

  async undo(): Promise<void> {
    await this.remove({ archivesLog: false });
    await cloudRecord.remove(this.plan);
  }

  /** Removes the deployment. Its log goes with it, unless it is archived. */
  private async remove({ archivesLog }: { archivesLog: boolean }): Promise<void> {
    const record = await cloudRecord.read(this.plan);
    if (record === undefined) return;
    const [{ cloud, readCloudLog }, { removeDeployment }] = await Promise.all([
      openDeployment(record),
      import('./remove-deployment.js'),
    ]);
    const { logFile } = this.plan;
    if (archivesLog)
      await appendLines(logFile, readCloudLog(cloud, record)).catch((error: Error) =>
        reportLine(this.plan, `the log in LangSmith could not be archived: ${error.message}`),
      );
    await removeDeployment(cloud, record);
    this.healthCache.clear();
  }

  private async checkHealth(cloud: CloudDeployment | undefined): Promise<Health> {
    if (cloud === undefined) return neverStarted;
    const { LangSmithClient } = await import('./lang-smith-client.js');
    try {
      const client = new LangSmithClient(openAccount(cloud.address));
      const revision = (await client.get(cloud.id)) && (await client.findLatestRevision(cloud.id));
      if (revision?.status === 'DEPLOYED') return ready(`LangSmith says that ${cloud.name} is DEPLOYED`);
      if (revision === undefined) return gone(`LangSmith has no deployment ${cloud.name}`);
      return unresponsive(`LangSmith says that ${cloud.name} is ${revision.status}`);
    } catch (error) {
      return unknown(`LangSmith cannot be reached: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** Loads the modules that a call does not need. */
async function openDeployment({ address }: CloudRecord, signal?: AbortSignal) {
  const [{ LangSmithClient }, { readCloudLog }] = await Promise.all([
    import('./lang-smith-client.js'),
    import('./read-cloud-log.js'),
  ]);
  return { cloud: new LangSmithClient(openAccount(address), signal), readCloudLog };
}

/** Returns a line that names the resources that LangSmith decides itself. */
function describeUnappliedResources(plan: RunPlan): string | undefined {
  const names = listRequestedResources(plan, ['cpu', 'memory', 'gpu', 'replicas']);
  return names.length === 0
    ? undefined
    : `LangSmith sizes its serverless deployments itself: ${names.join(', ')} not applied`;
}
