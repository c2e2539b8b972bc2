import { join } from 'node:path';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { withLock } from '../../../src/processes/lock.js';
import { awaitEndpoint } from '../../../src/runners/cloud/await-endpoint.js';
import { type CloudRecord, claimCloudRecord } from '../../../src/runners/cloud/cloud-record.js';
import { waitUntilReady } from '../../../src/runners/readiness.js';
import { findBento } from '../bento/build-bento.js';
import { describeServiceTimeout } from '../bento/service-timeout.js';
import { parseBentoInterface } from '../bento-interface.js';
import { findApi } from '../calls/service-api.js';
import { createServerDirectories } from '../server/server-environment.js';
import type { ServerInfo } from '../serving-backend.js';
import { findAddress, openAccount } from './account.js';
import { BentoCloudClient, type Deployment } from './bento-cloud-client.js';
import { buildDeploymentRequest } from './build-deployment-request.js';
import { tokenVariable } from './environment-variables.js';
import { readCloudLog } from './logs/read-cloud-log.js';
import { type PushOptions, pushBento } from './push-bento.js';
import { terminateDeployment } from './remove-deployment.js';

/** Seconds that the cloud may take to build the image and start it. */
const startTimeout = 3_600;
/** Milliseconds between two checks. */
const interval = 1_000;
/** Milliseconds that reading the log of a failed deployment may take, and lines of it to show. */
const logTimeout = 30_000;
const evidenceLineCount = 40;

const servingStatuses = new Set(['running', 'scaled-to-zero']);
const endedStatuses = new Set([
  'failed',
  'image-build-failed',
  'terminated',
  'terminating',
  'unhealthy',
  'non-deployed',
]);

/** Starts the revision's deployment in BentoCloud. Takes over that of an earlier start, or deploys it again. */
export async function startDeployment(plan: RunPlan, options: PushOptions): Promise<ServerInfo> {
  const served = parseBentoInterface(plan);
  return await withLock({ directory: join(plan.stateDirectory, 'start') }, async () => {
    const account = openAccount(findAddress());
    await createServerDirectories(plan);
    const record = await claimCloudRecord(plan, account.address);
    const cloud = new BentoCloudClient({ ...account, address: record.address }, options.signal);
    try {
      const url = await ensureDeployment(plan, { cloud, record, options });
      const headers = buildAuthHeaders(account.headers['x-yatai-api-token'] ?? '');
      const refusal = `the token in ${tokenVariable} may not call the protected endpoint ${url}`;
      await awaitEndpoint({ url: `${url}/readyz`, headers, refusal }, options.signal);
      const api = await findApi(url, served, headers);
      const timeoutNote = describeServiceTimeout(plan, await findBento(plan, record.name), api);
      if (timeoutNote !== undefined) await options.report(timeoutNote);
      return { endpoint: url, api, cloud: record };
    } catch (error) {
      // The next attempt takes over a deployment that cannot be reached now. Any other must not cost more; its log remains.
      const isRetryable = options.signal?.aborted || BerthError.from(error).code === 'CLOUD_UNREACHABLE';
      if (!isRetryable)
        await terminateDeployment(new BentoCloudClient({ ...account, address: record.address }), record.name).catch(
          () => undefined,
        );
      throw error;
    }
  });
}

export const buildAuthHeaders = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

interface StartContext {
  cloud: BentoCloudClient;
  record: CloudRecord;
  options: PushOptions;
}

async function ensureDeployment(plan: RunPlan, context: StartContext): Promise<string> {
  const { cloud, record, options } = context;
  const found = await cloud.find(record.name);
  if (found !== undefined && !endedStatuses.has(found.status)) {
    await options.report(`the deployment ${record.name} of an earlier start is there`);
    return await awaitDeployment(plan, context);
  }
  const bento = await pushBento(plan, record, options);
  if (found !== undefined) await terminateDeployment(cloud, record.name);
  const request = await buildDeploymentRequest({
    plan,
    cloud,
    record,
    bento,
    env: options.env,
    report: options.report,
  });
  await options.report(`deploying ${record.name} to BentoCloud`);
  if (found === undefined) await cloud.create(request);
  else await cloud.update(request);
  return await awaitDeployment(plan, context);
}

/**
 * Returns the deployment's URL once it runs.
 *
 * @throws START_FAILED when the cloud reports that it will not run.
 */
async function awaitDeployment(plan: RunPlan, { cloud, record, options }: StartContext): Promise<string> {
  let last: Deployment | undefined;
  const isReady = async (): Promise<boolean> => {
    const now = await cloud.find(record.name);
    if (now === undefined)
      throw new BerthError('START_FAILED', `the deployment ${record.name} no longer exists in BentoCloud`);
    if (now.status !== last?.status) await options.report(`BentoCloud: ${record.name} is ${now.status}`);
    last = now;
    if (endedStatuses.has(now.status)) throw await explainFailure(plan, record, now.status);
    return servingStatuses.has(now.status) && now.urls?.[0] !== undefined;
  };
  const waitOptions = { timeout: startTimeout, interval, ...(options.signal && { signal: options.signal }) };
  await waitUntilReady({ description: 'become ready in BentoCloud', isReady }, waitOptions);
  return (last?.urls?.[0] ?? '').replace(/\/+$/, '');
}

/** Explains a failed deployment, with the output of the code when the cloud has it. */
async function explainFailure(plan: RunPlan, record: CloudRecord, status: string): Promise<BerthError> {
  const lines: string[] = [];
  try {
    const options = { tail: evidenceLineCount, signal: AbortSignal.timeout(logTimeout) };
    for await (const line of readCloudLog(plan, record, options)) lines.push(line);
  } catch {
    // A missing log does not explain the failed start.
  }
  const page = `the log is on the page of the deployment ${record.name} at ${record.address}`;
  const evidence = lines.length === 0 ? page : lines.slice(-evidenceLineCount).join('\n');
  return new BerthError('START_FAILED', `BentoCloud could not bring ${record.name} up: it is ${status}`, { evidence });
}
