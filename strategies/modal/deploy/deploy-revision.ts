import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ModalClient } from 'modal';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { reportLine } from '../../../src/runners/report-line.js';
import type { StartOptions } from '../../../src/runners/runner.js';
import { appName } from '../cloud/app-name.js';
import { findDeployedApp, findEnvironmentName, isSameVersion, openClient } from '../cloud/modal-client.js';
import { removeRevisionApps } from '../cloud/remove-apps.js';
import { type ModalInterface, parseModalInterface } from '../modal-interface.js';
import { type AppRecord, appRecord, type DeployedVersion } from './app-record.js';
import { buildDeployCommand } from './build-deploy-command.js';
import { explainDeployFailure } from './explain-deploy-failure.js';
import { findTarget, requireProxyToken } from './find-target.js';
import { buildOverrides, describeOverrides, type FunctionOverrides, requireSchedulable } from './function-overrides.js';
import { runModal } from './run-modal.js';

export interface DeployedApp extends AppRecord {
  deployed: DeployedVersion;
}

/**
 * Deploys the revision as its own app, unless it is deployed, and finds its function. A deployment that fails or is
 * aborted leaves nothing.
 *
 * @throws CLOUD_REFUSED, CLOUD_UNREACHABLE, RESOURCE_INVALID, BUILD_FAILED, START_FAILED
 */
export async function deployRevision(plan: RunPlan, options: StartOptions): Promise<DeployedApp> {
  const target = parseModalInterface(plan.runInterface);
  const overrides = buildOverrides(plan);
  requireProxyToken(target);
  requireSchedulable(overrides, target);
  const build = requireBuildVariables(target, options.env);
  const earlier = await appRecord.read(plan);
  if (earlier?.deployed === null) await removeRevisionApps(plan, earlier); // left by a start that was cut off
  const environment = await findEnvironmentName(await openClient(earlier?.environment ?? null));
  const record: AppRecord = { app: appName(plan), deployed: null, ...earlier, environment };
  const client = await openClient(environment);
  const current = await findDeployedApp(client, record.app); // also verifies that Modal is reachable and accepts the account
  if (record.deployed !== null && isSameVersion(current, record.deployed))
    return { ...record, deployed: record.deployed };
  await appRecord.write(plan, { ...record, deployed: null });
  try {
    return await deploy({ plan, record, target, overrides, build, client, options });
  } catch (error) {
    await removeRevisionApps(plan, record).catch(() => undefined); // the undo reports what is left
    throw error;
  }
}

interface DeployContext {
  plan: RunPlan;
  record: AppRecord;
  target: ModalInterface;
  overrides: FunctionOverrides;
  build: Record<string, string>;
  client: ModalClient;
  options: StartOptions;
}

/**
 * Picks the software's variables that the image build uses.
 *
 * @throws BUILD_FAILED when one has no value.
 */
function requireBuildVariables(
  { buildVariables }: ModalInterface,
  env: Record<string, string>,
): Record<string, string> {
  const missing = buildVariables.filter((name) => env[name] === undefined);
  if (missing.length === 0) return Object.fromEntries(buildVariables.map((name) => [name, env[name] ?? '']));
  const names = missing.map((name) => `\${${name}}`).join(', ');
  const given = missing.map((name) => `--env ${name}`).join(' ');
  throw new BerthError('BUILD_FAILED', `requirements of the image use ${names}, which has no value: add ${given}`);
}

async function deploy({
  plan,
  record,
  target,
  overrides,
  build,
  client,
  options,
}: DeployContext): Promise<DeployedApp> {
  const { env, signal, onProgress } = options;
  await mkdir(dirname(plan.logFile), { recursive: true });
  for (const line of describeOverrides(overrides)) await reportLine(plan, line, onProgress);
  const [called] = target.functionName.split('.');
  const [worker] = (target.generator ?? target.functionName).split('.');
  const input = JSON.stringify({ ...overrides, target: worker, called, secret: record.app, values: env, build });
  const outputOptions = { logFile: plan.logFile, secrets: Object.values(build), signal, onProgress };
  const run = await runModal(buildDeployCommand(plan, record, target, input), outputOptions);
  if (run.exitCode !== 0) throw explainDeployFailure(run, plan);
  const app = await findDeployedApp(client, record.app);
  if (app === undefined) throw new BerthError('START_FAILED', `Modal deployed ${record.app}, but does not list it`);
  const address = await findTarget(client, record.app, target);
  const page = /View Deployment:\s*(\S+)/.exec(run.output)?.[1] ?? null;
  const deployed = { ...app, at: new Date().toISOString(), page, ...address };
  await appRecord.write(plan, { ...record, deployed });
  await reportLine(plan, `deployed as version ${app.version} of ${record.app}`, onProgress);
  if (address.url !== undefined && !target.web.isProtected)
    await reportLine(plan, `anyone who knows ${address.url} can call it: it has no requires_proxy_auth`, onProgress);
  return { ...record, deployed };
}
