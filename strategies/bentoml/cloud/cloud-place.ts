import type { Answer } from '../../../src/contract/answer.js';
import type { RunPlan } from '../../../src/contract/handle.js';
import { callFailure } from '../../../src/runners/call-deadline.js';
import { callHttp, type HttpReply } from '../../../src/runners/http-call.js';
import { keepLines, readLog } from '../../../src/runners/log-file.js';
import type { Health, LogOptions, StartOptions } from '../../../src/runners/runner.js';
import {
  type BentoHandle,
  type FindFailure,
  gone,
  type Place,
  ready,
  type Served,
  unknown,
  unresponsive,
  type Way,
} from '../place.js';
import { tell } from '../tell.js';
import { openAccount } from './account.js';
import { type CloudRecord, readCloudRecord, removeCloudRecord } from './cloud-record.js';
import { tokenVariable } from './variables.js';

/** Milliseconds that a healthy endpoint has to answer. */
const probePatience = 5_000;
/** Milliseconds that the log of what is stopped has to be kept. */
const keepPatience = 60_000;
/** Milliseconds for which a look at the cloud stands: supervision looks every second. */
const freshness = 10_000;

/** By which a reply is the service's own: it names the call. What stands before it has none. */
const ownHeader = 'x-bentoml-request-id';

/**
 * BentoCloud: one deployment per revision, called at its own protected endpoint. Started only where the plan's provider says
 * so, which is the user's word, with the token of `BENTO_CLOUD_API_KEY`.
 *
 * Of `resources` it applies `cpu`, `memory` and `gpu` (the cheapest instance type that has them), `replicas`,
 * `concurrency` (calls at once of a service that a recipe wrote) and, as the plan's, `timeout`.
 */
export class CloudPlace implements Place {
  private seen: { health: Health; until: number } | undefined;

  constructor(private readonly plan: RunPlan) {}

  async start({ env, signal, onProgress }: StartOptions): Promise<Served> {
    const { startDeployment } = await import('./start-deployment.js');
    const say = (line: string) => tell(this.plan, line, onProgress);
    return await startDeployment(this.plan, { env, signal, say });
  }

  findWay({ endpoint }: BentoHandle): Way | Answer {
    const token = process.env[tokenVariable];
    if (token) return { url: endpoint, headers: { authorization: `Bearer ${token}` }, findFailure: this.findFailure };
    return callFailure(
      'CLOUD_REFUSED',
      `calls to ${endpoint} need the token in ${tokenVariable}, which is not set here`,
    );
  }

  judgeReply({ status, headers, body }: HttpReply): Answer | undefined {
    const isGateway = status === 503 && headers[ownHeader] === undefined;
    if (!isGateway && status !== 401 && status !== 403) return undefined;
    const said = body.toString().slice(0, 200).trim();
    if (isGateway) return describeGateway(said);
    return callFailure(
      'CLOUD_REFUSED',
      `the endpoint does not accept the token in ${tokenVariable} (${status}: ${said})`,
    );
  }

  /** From the cloud's log, which is read for a call that has failed alone. */
  private readonly findFailure: FindFailure = async (trace, hasFailed) => {
    const record = hasFailed ? await readCloudRecord(this.plan) : undefined;
    if (record === undefined) return undefined;
    const { findCloudFailure } = await import('./find-cloud-failure.js');
    return await findCloudFailure(this.plan, record, trace);
  };

  /** By the endpoint's own probe; where it does not answer, or was not looked at for long, by the cloud. */
  async isHealthy(handle: BentoHandle): Promise<Health> {
    if (this.seen !== undefined && Date.now() < this.seen.until) return this.seen.health;
    const health = await this.look(handle);
    this.seen = health.isHealthy ? { health, until: Date.now() + freshness } : undefined;
    return health;
  }

  /** Berth's own lines and what was kept of what is gone, then what BentoCloud has of the pods'. */
  async *logs(options: LogOptions = {}): AsyncIterable<string> {
    const record = await readCloudRecord(this.plan);
    if (record === undefined || options.tail === undefined) yield* readLog(this.plan.logFile, record ? {} : options);
    if (record === undefined) return;
    const { readCloudLog } = await import('./cloud-log.js');
    yield* readCloudLog(this.plan, record, options);
  }

  async stop(): Promise<void> {
    const { endBuild } = await import('../build-bento.js');
    await endBuild(this.plan);
    const record = await readCloudRecord(this.plan);
    if (record === undefined) return;
    const [{ BentoCloud }, { terminate }] = await Promise.all([
      import('./bento-cloud.js'),
      import('./end-deployment.js'),
    ]);
    const account = openAccount(record.address);
    await this.keepLog(record);
    await terminate(new BentoCloud(account), record.name);
    this.seen = undefined;
  }

  async undo(): Promise<void> {
    const [{ endBuild, findBento }, { removeServerPaths }, { BentoCloud }, end] = await Promise.all([
      import('../build-bento.js'),
      import('../server-environment.js'),
      import('./bento-cloud.js'),
      import('./end-deployment.js'),
    ]);
    await endBuild(this.plan);
    await removeServerPaths(this.plan);
    const record = await readCloudRecord(this.plan);
    if (record === undefined) return;
    const cloud = new BentoCloud(openAccount(record.address));
    await end.removeDeployment(cloud, record.name);
    await end.removeSecret(cloud, record.name);
    const [repository] = (await findBento(this.plan, record.name))?.tag.split(':') ?? [];
    if (repository !== undefined) await end.giveUpBento(cloud, { repository, version: record.name });
    await removeCloudRecord(this.plan);
  }

  /** With a deployment's pods their log goes, too. */
  private async keepLog(record: CloudRecord): Promise<void> {
    const { readCloudLog } = await import('./cloud-log.js');
    const signal = AbortSignal.timeout(keepPatience);
    await keepLines(this.plan.logFile, readCloudLog(this.plan, record, { signal })).catch((error: Error) =>
      tell(this.plan, `the log in BentoCloud could not be kept: ${error.message}`),
    );
  }

  private async look({ endpoint, cloud: record }: BentoHandle): Promise<Health> {
    if (record === undefined) return gone('it was not started');
    const [isAnswering, status] = await Promise.all([this.probe(endpoint), this.askStatus(record)]);
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
    const probe = { url: `${endpoint}/readyz`, headers, signal: AbortSignal.timeout(probePatience) };
    return await callHttp(probe).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** `unknown` where the cloud itself cannot be asked. */
  private async askStatus({ name, address }: { name: string; address: string }): Promise<string | undefined> {
    const { BentoCloud } = await import('./bento-cloud.js');
    try {
      return (await new BentoCloud(openAccount(address)).find(name))?.status;
    } catch {
      return 'unknown';
    }
  }
}

/** What stands before the service says whether the call had reached it. */
const describeGateway = (said: string): Answer =>
  /reset|disconnect/.test(said)
    ? callFailure('CALL_LOST', `the service ended during the call (503: ${said})`)
    : callFailure('NOT_RUNNING', `nothing serves the endpoint (503: ${said})`);
