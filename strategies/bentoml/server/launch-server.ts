import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { addToControlGroup } from '../../../src/processes/control-group.js';
import { getFileSize } from '../../../src/processes/log-file.js';
import { trackExit } from '../../../src/processes/process-exit.js';
import { identifyProcess } from '../../../src/processes/process-identity.js';
import { buildUrl, getCallAddress, getListenAddress } from '../../../src/runners/http/server-address.js';
import { buildModuleArguments, unlimitedResources } from '../../../src/runners/server/python-module-arguments.js';
import type { BentoInterface } from '../bento-interface.js';
import { buildBentoServerEnvironment, createServerDirectories } from './server-environment.js';
import { type ServerRecord, writeServerRecord } from './server-record.js';

export interface LaunchOptions {
  plan: RunPlan;
  bentoInterface: BentoInterface;
  port: number;
  env: Record<string, string>;
}

/** Starts `bentoml serve` in a session of its own and notes it; it is not ready yet. TOOL_MISSING without a Python. */
export async function launchServer(launch: LaunchOptions): Promise<ServerRecord> {
  const { plan, port } = launch;
  await createServerDirectories(plan);
  const logStart = await getFileSize(plan.logFile);
  const child = await spawnServer(launch);
  child.unref();
  const identity = identifyProcess(child.pid ?? 0);
  if (identity === null) throw new BerthError('START_FAILED', 'the server ended at once', { log: plan.logFile });
  trackExit(child, identity);
  const url = buildUrl(getCallAddress(getListenAddress(plan)), port);
  const record = { ...identity, port, url, logStart, wasReady: false };
  await writeServerRecord(plan, record);
  return record;
}

async function spawnServer({ plan, bentoInterface, port, env }: LaunchOptions): Promise<ChildProcess> {
  const python = plan.environment?.python ?? 'python3';
  const log = await open(plan.logFile, 'a', 0o600);
  try {
    const child = spawn(python, buildServeArguments(plan, bentoInterface, port), {
      cwd: plan.directory,
      env: buildBentoServerEnvironment(plan, bentoInterface, env),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    addToControlGroup(child.pid, plan);
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    return child;
  } catch (error) {
    const message = `${python} cannot be run: ${error instanceof Error ? error.message : error}`;
    throw new BerthError('TOOL_MISSING', message, {}, { cause: error });
  } finally {
    await log.close();
  }
}

function buildServeArguments(plan: RunPlan, { service }: BentoInterface, port: number): string[] {
  const serve = ['serve', service, '--host', getListenAddress(plan), '--port', String(port)];
  return [...buildModuleArguments('bentoml', plan.resources.memory), ...serve];
}

/** What the plan asks for and this strategy has no bound for; undefined when it applies all of it. */
export function describeUnappliedResources({ resources }: RunPlan, { call }: BentoInterface): string | undefined {
  // An existing service says itself how many threads it bears.
  const names: (keyof typeof resources)[] = [
    ...unlimitedResources,
    ...(call === undefined ? (['concurrency'] as const) : []),
  ];
  const unbound = names.filter((name) => resources[name] !== undefined);
  if (unbound.length === 0) return undefined;
  return `the bentoml strategy does not apply ${unbound.join(', ')} to a server on this machine`;
}
