import type { Answer } from '../../../src/contract/answer.js';
import type { RunPlan } from '../../../src/contract/handle.js';
import { appendLines } from '../../../src/processes/log-file.js';
import { createErrorAnswer } from '../../../src/runners/call-deadline.js';
import { type CloudRecord, cloudRecord } from '../../../src/runners/cloud/cloud-record.js';
import { HealthCache } from '../../../src/runners/cloud/health-cache.js';
import { readRevisionLog } from '../../../src/runners/cloud/read-revision-log.js';
import { gone, neverStarted, ready, unknown, unresponsive } from '../../../src/runners/health.js';
import { callHttp, type HttpReply } from '../../../src/runners/http/http-call.js';
import { reportLine } from '../../../src/runners/report-line.js';
import type { Health, LogOptions, StartOptions } from '../../../src/runners/runner.js';
import type { BentoHandle, CallTarget, FindFailure, ServerInfo, ServingBackend } from '../serving-backend.js';
import { openAccount } from './account.js';
import { tokenVariable } from './environment-variables.js';

/** Milliseconds that a healthy endpoint may take to answer. */
const probeTimeout = 5_000;
/** Milliseconds that archiving a log may take. */
const logArchiveTimeout = 60_000;
/** Milliseconds for which a healthy result is valid: supervision checks every second. */
const healthCacheTime = 10_000;

/** Header of the service's own replies, which names the call. A gateway's replies have none. */
const serviceHeader = 'x-bentoml-request-id';

/**
 * Serves in BentoCloud: one deployment per revision, called at its own protected endpoint. Used only when the plan's
 * provider says so, which the user chose, with the token of `BENTO_CLOUD_API_KEY`.
 *
 * Applies the resources `cpu`, `memory` and `gpu` (the cheapest instance type that has them), `replicas`, `concurrency`
 * (concurrent calls of a generated service) and, as the plan's, `timeout`.
 */
export class CloudBackend implements ServingBackend {
  private readonly healthCache = new HealthCache(healthCacheTime);

  constructor(private readonly plan: RunPlan) {}

  async start({ env, signal, onProgress }: StartOptions): Promise<ServerInfo> {
    const { startDeployment } = await import('./start-deployment.js');
    const report = (line: string) => reportLine(this.plan, line, onProgress);
    return await startDeployment(this.plan, { env, signal, report });
  }

  findCallTarget({ endpoint }: BentoHandle): CallTarget | Answer {
    const token = process.env[tokenVariable];
    if (token) return { url: endpoint, headers: { authorization: `Bearer ${token}` }, findFailure: this.findFailure };
    return createErrorAnswer(
      'CLOUD_REFUSED',
      `calls to ${endpoint} need the token in ${tokenVariable}, which is not set here`,
    );
  }

  checkReply({ status, headers, body }: HttpReply): Answer | undefined {
    const isGateway = status === 503 && headers[serviceHeader] === undefined;
    if (!isGateway && status !== 401 && status !== 403) return undefined;
    const text = body.toString().slice(0, 200).trim();
    if (isGateway) return explainGatewayError(text);
    return createErrorAnswer(
      'CLOUD_REFUSED',
      `the endpoint does not accept the token in ${tokenVariable} (${status}: ${text})`,
    );
  }

  /** Searches the cloud's log, only for a call that has failed. */
  private readonly findFailure: FindFailure = async (trace, hasFailed) => {
    const record = hasFailed ? await cloudRecord.read(this.plan) : undefined;
    if (record === undefined) return undefined;
    const { findCloudFailure } = await import('./logs/find-cloud-failure.js');
    return await findCloudFailure(this.plan, record, trace);
  };

  /** Probes the endpoint, and asks the cloud. */
  isHealthy(handle: BentoHandle): Promise<Health> {
    return this.healthCache.get(() => this.checkHealth(handle));
  }

  /** Yields the revision's log file, which has Berth's lines and archived logs, then BentoCloud's log of the pods. */
  logs(options: LogOptions = {}): AsyncIterable<string> {
    return readRevisionLog(this.plan, options, async (record) => {
      const { readCloudLog } = await import('./logs/read-cloud-log.js');
      return readCloudLog(this.plan, record, options);
    });
  }

  async stop(): Promise<void> {
    const { stopBuild } = await import('../bento/build-bento.js');
    await stopBuild(this.plan);
    const record = await cloudRecord.read(this.plan);
    if (record === undefined) return;
    const [{ BentoCloudClient }, { terminateDeployment }] = await Promise.all([
      import('./bento-cloud-client.js'),
      import('./remove-deployment.js'),
    ]);
    const account = openAccount(record.address);
    await this.archiveLog(record);
    await terminateDeployment(new BentoCloudClient(account), record.name);
    this.healthCache.clear();
  }

  async undo(): Promise<void> {
    const [{ stopBuild, findBento }, { removeServerPaths }, { BentoCloudClient }, end] = await Promise.all([
      import('../bento/build-bento.js'),
      import('../server/server-environment.js'),
      import('./bento-cloud-client.js'),
      import('./remove-deployment.js'),
    ]);
    await stopBuild(this.plan);
    await removeServerPaths(this.plan);
    const record = await cloudRecord.read(this.plan);
    if (record === undefined) return;
    const cloud = new BentoCloudClient(openAccount(record.address));
    await end.removeDeployment(cloud, record.name);
    await end.removeSecret(cloud, record.name);
    const [repository] = (await findBento(this.plan, record.name))?.tag.split(':') ?? [];
    if (repository !== undefined) await end.tryRemoveBento(cloud, { repository, version: record.name });
    await cloudRecord.remove(this.plan);
  }

  /** Archives the log, which BentoCloud removes with the deployment's pods. */
  private async archiveLog(record: CloudRecord): Promise<void> {
    const { readCloudLog } = await import('./logs/read-cloud-log.js');
    const signal = AbortSignal.timeout(logArchiveTimeout);
    await appendLines(this.plan.logFile, readCloudLog(this.plan, record, { signal })).catch((error: Error) =>
      reportLine(this.plan, `the log in BentoCloud could not be archived: ${error.message}`),
    );
  }

  private async checkHealth({ endpoint, cloud: record }: BentoHandle): Promise<Health> {
    if (record === undefined) return neverStarted;
    const [isAnswering, status] = await Promise.all([this.probe(endpoint), this.queryStatus(record)]);
    if (status === undefined) return gone(`BentoCloud has no deployment ${record.name}`);
    if (status === 'terminated' || status === 'terminating' || status === 'failed')
      return gone(`BentoCloud says that ${record.name} is ${status}`);
    if (isAnswering) return ready(`${endpoint} answers, and BentoCloud says ${status}`);
    if (status === 'unknown') return unknown(`neither ${endpoint} nor BentoCloud can be reached`);
    if (status === 'scaled-to-zero') return ready(`BentoCloud starts ${record.name} with the next call`);
    return unresponsive(`${endpoint}/readyz does not answer; BentoCloud says ${status}`);
  }

  private async probe(endpoint: string): Promise<boolean> {
    const headers = { authorization: `Bearer ${process.env[tokenVariable] ?? ''}` };
    const probe = { url: `${endpoint}/readyz`, headers, signal: AbortSignal.timeout(probeTimeout) };
    return await callHttp(probe).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** Returns `unknown` when the cloud cannot be reached. */
  private async queryStatus({ name, address }: { name: string; address: string }): Promise<string | undefined> {
    const { BentoCloudClient } = await import('./bento-cloud-client.js');
    try {
      return (await new BentoCloudClient(openAccount(address)).find(name))?.status;
    } catch {
      return 'unknown';
    }
  }
}

/** Explains a gateway's reply, which says whether the call reached the service. */
const explainGatewayError = (text: string): Answer =>
  /reset|disconnect/.test(text)
    ? createErrorAnswer('CALL_LOST', `the service ended during the call (503: ${text})`)
    : createErrorAnswer('NOT_RUNNING', `nothing serves the endpoint (503: ${text})`);
