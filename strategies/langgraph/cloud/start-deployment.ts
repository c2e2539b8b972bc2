import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { withLock } from '../../../src/processes/lock.js';
import { awaitEndpoint } from '../../../src/runners/cloud/await-endpoint.js';
import { type CloudRecord, claimCloudRecord } from '../../../src/runners/cloud/cloud-record.js';
import { waitUntilReady } from '../../../src/runners/readiness.js';
import { type GraphInterface, parseGraphInterface } from '../graph-interface.js';
import { threadsVariable } from '../recipes/write-graph.js';
import { buildCloudConfig, readServerConfig } from '../server/server-config.js';
import type { ServerInfo } from '../serving-backend.js';
import { findAddress, openAccount } from './account.js';
import { keyVariable } from './environment-variables.js';
import { type Deployment, LangSmithClient, type Secret } from './lang-smith-client.js';
import { packSource } from './pack-source.js';
import { readLastLines } from './read-cloud-log.js';
import { removeDeployment } from './remove-deployment.js';

export interface DeployOptions {
  env: Record<string, string>;
  signal: AbortSignal | undefined;
  report: (line: string) => Promise<void>;
}

interface StartContext {
  plan: RunPlan;
  graph: GraphInterface;
  cloud: LangSmithClient;
  record: CloudRecord;
  secrets: Secret[];
  options: DeployOptions;
}

/** Seconds that LangSmith may take to build and start it. */
const startTimeout = 3_600;
/** Milliseconds between two checks. */
const interval = 1_000;

const failedStatuses = new Set(['CREATE_FAILED', 'BUILD_FAILED', 'DEPLOY_FAILED', 'SKIPPED']);
/** Lines of LangSmith's log that show why a deployment failed. */
const evidenceLineCount = 40;

/** Starts the revision's deployment in LangSmith. Takes over that of an earlier start, or builds it again. */
export async function startDeployment(plan: RunPlan, options: DeployOptions): Promise<ServerInfo> {
  const graph = parseGraphInterface(plan.runInterface);
  const { env: declared, dropped } = await readServerConfig({ directory: plan.directory, ...graph });
  await mkdir(plan.stateDirectory, { recursive: true, mode: 0o700 });
  return await withLock({ directory: join(plan.stateDirectory, 'start.lock') }, async () => {
    const account = openAccount(findAddress());
    const record = await claimCloudRecord(plan, account.address);
    const cloud = new LangSmithClient({ ...account, address: record.address }, options.signal);
    const variables = { ...declared, ...buildConcurrencyVariables(plan), ...options.env };
    const empty = Object.keys(variables).filter((name) => variables[name] === '');
    if (empty.length > 0) await options.report(`LangSmith takes no empty variables: ${empty.join(', ')} left out`);
    for (const setting of dropped)
      await options.report(`${graph.config}: ${setting} is left out: Berth calls the server as it is`);
    let hasServed = false;
    try {
      const up = await ensureDeployment({ plan, graph, cloud, record, secrets: listSecrets(variables), options });
      hasServed = up.hasServed;
      const refusal = `the key in ${keyVariable} may not call ${up.endpoint}`;
      await awaitEndpoint({ url: `${up.endpoint}/ok`, headers: account.headers, refusal }, options.signal);
      return { endpoint: up.endpoint, cloud: { ...record, id: up.id } };
    } catch (error) {
      // The next attempt takes over a deployment that cannot be reached now, and one that has served holds threads. Any other must not cost more.
      const isKept = hasServed || options.signal?.aborted || BerthError.from(error).code === 'CLOUD_UNREACHABLE';
      if (!isKept)
        await removeDeployment(new LangSmithClient({ ...account, address: record.address }), record).catch(
          () => undefined,
        );
      throw error;
    }
  });
}

/** Builds the server's own variable for the number of concurrent runs. */
const buildConcurrencyVariables = ({ resources: { concurrency } }: RunPlan): Record<string, string> =>
  concurrency === undefined ? {} : { N_JOBS_PER_WORKER: String(concurrency), [threadsVariable]: String(concurrency) };

const listSecrets = (variables: Record<string, string>): Secret[] =>
  Object.entries(variables).flatMap(([name, value]) => (value === '' ? [] : [{ name, value }]));

async function ensureDeployment(context: StartContext): Promise<{ id: string; endpoint: string; hasServed: boolean }> {
  const { cloud, record, secrets, options } = context;
  const found = await cloud.find(record.name);
  if (found !== undefined) await options.report(`the deployment ${record.name} of an earlier start is there`);
  else await options.report(`creating the deployment ${record.name} in LangSmith`);
  const { id } = found ?? (await cloud.create(record.name, secrets));
  const latest = await cloud.findLatestRevision(id);
  if (latest === undefined || failedStatuses.has(latest.status)) await build(context, id);
  const previousRevision = failedStatuses.has(latest?.status ?? '') ? latest?.id : undefined;
  return {
    id,
    endpoint: await awaitDeployment(context, { id, previousRevision }),
    hasServed: latest?.status === 'DEPLOYED',
  };
}

async function build({ plan, graph, cloud, secrets, options }: StartContext, id: string): Promise<void> {
  const archive = await packSource(plan.directory, {
    [graph.config]: await buildCloudConfig(plan.directory, graph.config),
  });
  await options.report(`uploading ${(archive.length / 2 ** 20).toFixed(1)} MB of source`);
  const path = await cloud.upload(id, archive);
  await cloud.build(id, { archive: path, config: graph.config, secrets });
}

/**
 * Returns the deployment's URL once its newest revision is deployed.
 *
 * @throws START_FAILED with LangSmith's log when it fails.
 */
async function awaitDeployment(
  { cloud, record, options }: StartContext,
  { id, previousRevision }: { id: string; previousRevision: string | undefined },
): Promise<string> {
  let status = '';
  let deployment: Deployment | undefined;
  const isReady = async (): Promise<boolean> => {
    const revision = await cloud.findLatestRevision(id);
    if (revision === undefined || revision.id === previousRevision) return false;
    if (revision.status !== status) await options.report(`LangSmith: ${record.name} is ${revision.status}`);
    status = revision.status;
    if (failedStatuses.has(status))
      throw await explainFailure({ cloud, record }, { id, revision: revision.id, status });
    if (status !== 'DEPLOYED') return false;
    deployment = await cloud.get(id);
    return Boolean(deployment?.source_config?.custom_url);
  };
  const waitOptions = { timeout: startTimeout, interval, ...(options.signal && { signal: options.signal }) };
  await waitUntilReady({ description: 'become ready in LangSmith', isReady }, waitOptions);
  const url = deployment?.source_config?.custom_url ?? '';
  return (/^https?:/.test(url) ? url : `https://${url}`).replace(/\/+$/, '');
}

async function explainFailure(
  { cloud, record }: Pick<StartContext, 'cloud' | 'record'>,
  { id, revision, status }: { id: string; revision: string; status: string },
): Promise<BerthError> {
  const type = status === 'DEPLOY_FAILED' ? 'deploy' : 'build';
  const lines = await readLastLines(cloud, { deployment: id, revision, type }, evidenceLineCount).catch(() => []);
  const message = `LangSmith could not bring ${record.name} up: ${status}`;
  return new BerthError('START_FAILED', message, { evidence: lines.join('\n') });
}
