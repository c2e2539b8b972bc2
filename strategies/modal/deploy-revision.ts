import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ModalClient } from 'modal';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import type { StartOptions } from '../../src/runners/runner.js';
import { appName } from './app-name.js';
import { findDeployed, isSame, nameEnvironment, openCloud } from './cloud.js';
import { buildDeploy } from './command-line.js';
import { type DeployedVersion, type DeploymentNote, readNote, writeNote } from './deployment-note.js';
import { explainFailure } from './explain-failure.js';
import { findTarget, requireProxyToken } from './find-target.js';
import { type ModalInterface, readModalInterface } from './modal-interface.js';
import { removeFromCloud } from './remove-from-cloud.js';
import { runModal } from './run-modal.js';
import { describeSetting, explainSetting, type FunctionSetting, requireSchedulable } from './setting.js';

export interface DeployedApp extends DeploymentNote {
  deployed: DeployedVersion;
}

/**
 * Deploys the revision as an app of its own, unless it is deployed already, and finds its function. CLOUD_REFUSED,
 * CLOUD_UNREACHABLE, RESOURCE_INVALID, BUILD_FAILED or START_FAILED; then, as when the signal aborts, nothing is left.
 */
export async function deployRevision(plan: RunPlan, options: StartOptions): Promise<DeployedApp> {
  const target = readModalInterface(plan.runInterface);
  const setting = describeSetting(plan);
  requireProxyToken(target);
  requireSchedulable(setting, target);
  const build = takeBuildVariables(target, options.env);
  const earlier = await readNote(plan);
  if (earlier?.deployed === null) await removeFromCloud(plan, earlier); // what a start left that was cut off
  const environment = await nameEnvironment(await openCloud(earlier?.environment ?? null));
  const note: DeploymentNote = { app: appName(plan), deployed: null, ...earlier, environment };
  const client = await openCloud(environment);
  const before = await findDeployed(client, note.app); // also sees whether Modal is there, and lets us in
  if (note.deployed !== null && isSame(before, note.deployed)) return { ...note, deployed: note.deployed };
  await writeNote(plan, { ...note, deployed: null });
  try {
    return await deploy({ plan, note, target, setting, build, client, options });
  } catch (error) {
    await removeFromCloud(plan, note).catch(() => undefined); // what is left is named by the undo
    throw error;
  }
}

interface Deploy {
  plan: RunPlan;
  note: DeploymentNote;
  target: ModalInterface;
  setting: FunctionSetting;
  build: Record<string, string>;
  client: ModalClient;
  options: StartOptions;
}

/** Of the software's variables those that its image is built with. BUILD_FAILED where one has no value. */
function takeBuildVariables({ buildVariables }: ModalInterface, env: Record<string, string>): Record<string, string> {
  const missing = buildVariables.filter((name) => env[name] === undefined);
  if (missing.length === 0) return Object.fromEntries(buildVariables.map((name) => [name, env[name] ?? '']));
  const names = missing.map((name) => `\${${name}}`).join(', ');
  const given = missing.map((name) => `--env ${name}`).join(' ');
  throw new BerthError('BUILD_FAILED', `requirements of the image mention ${names}, which has no value: give ${given}`);
}

async function deploy({ plan, note, target, setting, build, client, options }: Deploy): Promise<DeployedApp> {
  const { env, signal, onProgress } = options;
  await mkdir(dirname(plan.logFile), { recursive: true });
  for (const line of explainSetting(setting)) await say(plan, line, onProgress);
  const [called] = target.functionName.split('.');
  const [worker] = (target.generator ?? target.functionName).split('.');
  const input = JSON.stringify({ ...setting, target: worker, called, secret: note.app, values: env, build });
  const listening = { logFile: plan.logFile, secrets: Object.values(build), signal, onProgress };
  const run = await runModal(buildDeploy(plan, note, target, input), listening);
  if (run.exitCode !== 0) throw explainFailure(run, plan);
  const app = await findDeployed(client, note.app);
  if (app === undefined) throw new BerthError('START_FAILED', `Modal deployed ${note.app}, and does not have it`);
  const address = await findTarget(client, note.app, target);
  const page = /View Deployment:\s*(\S+)/.exec(run.output)?.[1] ?? null;
  const deployed = { ...app, at: new Date().toISOString(), page, ...address };
  await writeNote(plan, { ...note, deployed });
  await say(plan, `deployed as version ${app.version} of ${note.app}`, onProgress);
  if (address.url !== undefined && !target.web.isProtected)
    await say(plan, `whoever knows ${address.url} can call it: it has no requires_proxy_auth`, onProgress);
  return { ...note, deployed };
}

async function say({ logFile }: RunPlan, line: string, onProgress: StartOptions['onProgress']): Promise<void> {
  onProgress?.(line);
  await appendFile(logFile, `berth: ${line}\n`, { mode: 0o600 });
}
