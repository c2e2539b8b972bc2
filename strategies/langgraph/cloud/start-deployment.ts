import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { callHttp } from '../../../src/runners/http-call.js';
import { withLock } from '../../../src/runners/lock.js';
import { waitUntilReady } from '../../../src/runners/readiness.js';
import { type GraphInterface, readGraphInterface } from '../graph-interface.js';
import type { Served } from '../place.js';
import { readServerConfig, writeOwnConfig } from '../server-config.js';
import { threadsVariable } from '../write-graph.js';
import { findAddress, openAccount } from './account.js';
import { readLastLines } from './cloud-log.js';
import { type CloudRecord, claimCloudRecord } from './cloud-record.js';
import { removeDeployment } from './end-deployment.js';
import { type Deployment, LangSmith, type Secret } from './lang-smith.js';
import { packSource } from './pack-source.js';
import { keyVariable } from './variables.js';

export interface DeployOptions {
  env: Record<string, string>;
  signal: AbortSignal | undefined;
  say: (line: string) => Promise<void>;
}

interface Scene {
  plan: RunPlan;
  graph: GraphInterface;
  cloud: LangSmith;
  record: CloudRecord;
  secrets: Secret[];
  options: DeployOptions;
}

/** Seconds that LangSmith may take to build and start it, and an endpoint to answer. */
const startPatience = 3_600;
const endpointPatience = 120;
/** Milliseconds between two looks. */
const interval = 1_000;
const probePatience = 10_000;

const failed = new Set(['CREATE_FAILED', 'BUILD_FAILED', 'DEPLOY_FAILED', 'SKIPPED']);
/** Lines of LangSmith's log that show why. */
const shownLines = 40;

/** One deployment of LangSmith per revision: an earlier start's is taken over, or built anew. */
export async function startDeployment(plan: RunPlan, options: DeployOptions): Promise<Served> {
  const graph = readGraphInterface(plan.runInterface);
  const { env: declared, dropped } = await readServerConfig({ directory: plan.directory, ...graph });
  await mkdir(plan.stateDirectory, { recursive: true, mode: 0o700 });
  return await withLock({ directory: join(plan.stateDirectory, 'start.lock') }, async () => {
    const account = openAccount(findAddress());
    const record = await claimCloudRecord(plan, account.address);
    const cloud = new LangSmith({ ...account, address: record.address }, options.signal);
    const variables = { ...declared, ...concurrencyOf(plan), ...options.env };
    const empty = Object.keys(variables).filter((name) => variables[name] === '');
    if (empty.length > 0) await options.say(`LangSmith takes no empty variables: ${empty.join(', ')} left out`);
    for (const setting of dropped)
      await options.say(`${graph.config}: ${setting} is left out: Berth calls the server as it is`);
    let hasServed = false;
    try {
      const up = await bringUp({ plan, graph, cloud, record, secrets: listSecrets(variables), options });
      hasServed = up.hasServed;
      await awaitEndpoint(up.endpoint, account.headers, options);
      return { endpoint: up.endpoint, cloud: { ...record, id: up.id } };
    } catch (error) {
      // What cannot be reached now is taken over by the next try, and what has served holds threads; else it must not go on costing.
      const isKept = hasServed || options.signal?.aborted || BerthError.from(error).code === 'CLOUD_UNREACHABLE';
      if (!isKept)
        await removeDeployment(new LangSmith({ ...account, address: record.address }), record).catch(() => undefined);
      throw error;
    }
  });
}

/** The server's own variable for how many runs it works on at once. */
const concurrencyOf = ({ resources: { concurrency } }: RunPlan): Record<string, string> =>
  concurrency === undefined ? {} : { N_JOBS_PER_WORKER: String(concurrency), [threadsVariable]: String(concurrency) };

const listSecrets = (variables: Record<string, string>): Secret[] =>
  Object.entries(variables).flatMap(([name, value]) => (value === '' ? [] : [{ name, value }]));

async function bringUp(scene: Scene): Promise<{ id: string; endpoint: string; hasServed: boolean }> {
  const { cloud, record, secrets, options } = scene;
  const found = await cloud.find(record.name);
  if (found !== undefined) await options.say(`the deployment ${record.name} of an earlier start is there`);
  else await options.say(`making the deployment ${record.name} in LangSmith`);
  const { id } = found ?? (await cloud.create(record.name, secrets));
  const latest = await cloud.findLatestRevision(id);
  if (latest === undefined || failed.has(latest.status)) await build(scene, id);
  const before = failed.has(latest?.status ?? '') ? latest?.id : undefined;
  return { id, endpoint: await awaitDeployment(scene, { id, before }), hasServed: latest?.status === 'DEPLOYED' };
}

async function build({ plan, graph, cloud, secrets, options }: Scene, id: string): Promise<void> {
  const archive = await packSource(plan.directory, {
    [graph.config]: await writeOwnConfig(plan.directory, graph.config),
  });
  await options.say(`uploading ${(archive.length / 2 ** 20).toFixed(1)} MB of source`);
  const path = await cloud.upload(id, archive);
  await cloud.build(id, { archive: path, config: graph.config, secrets });
}

/** Its URL, once its newest revision is deployed. START_FAILED with LangSmith's log when it is not to be. */
async function awaitDeployment(
  { cloud, record, options }: Scene,
  { id, before }: { id: string; before: string | undefined },
): Promise<string> {
  let status = '';
  let deployment: Deployment | undefined;
  const isReady = async (): Promise<boolean> => {
    const revision = await cloud.findLatestRevision(id);
    if (revision === undefined || revision.id === before) return false;
    if (revision.status !== status) await options.say(`LangSmith: ${record.name} is ${revision.status}`);
    status = revision.status;
    if (failed.has(status)) throw await explainFailure({ cloud, record }, { id, revision: revision.id, status });
    if (status !== 'DEPLOYED') return false;
    deployment = await cloud.get(id);
    return Boolean(deployment?.source_config?.custom_url);
  };
  const patience = { timeout: startPatience, interval, ...(options.signal && { signal: options.signal }) };
  await waitUntilReady({ description: 'become ready in LangSmith', isReady }, patience);
  const url = deployment?.source_config?.custom_url ?? '';
  return (/^https?:/.test(url) ? url : `https://${url}`).replace(/\/+$/, '');
}

async function explainFailure(
  { cloud, record }: Pick<Scene, 'cloud' | 'record'>,
  { id, revision, status }: { id: string; revision: string; status: string },
): Promise<BerthError> {
  const type = status === 'DEPLOY_FAILED' ? 'deploy' : 'build';
  const lines = await readLastLines(cloud, { deployment: id, revision, type }, shownLines).catch(() => []);
  const message = `LangSmith could not bring ${record.name} up: ${status}`;
  return new BerthError('START_FAILED', message, { evidence: lines.join('\n') });
}

async function awaitEndpoint(url: string, headers: Record<string, string>, { signal }: DeployOptions): Promise<void> {
  const isReady = async (): Promise<boolean> => {
    const probe = { url: `${url}/ok`, headers, signal: AbortSignal.timeout(probePatience) };
    const status = await callHttp(probe).then(
      (reply) => reply.status,
      () => undefined,
    );
    if (status === 401 || status === 403)
      throw new BerthError('CLOUD_REFUSED', `the key in ${keyVariable} may not call ${url}`);
    return status === 200;
  };
  const patience = { timeout: endpointPatience, interval, ...(signal && { signal }) };
  await waitUntilReady({ description: `answer GET ${url}/ok with 200`, isReady }, patience);
}
