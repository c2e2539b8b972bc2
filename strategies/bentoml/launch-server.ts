import { type ChildProcess, spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import { sizeOf } from '../../src/runners/log-file.js';
import { rememberExit } from '../../src/runners/process-exit.js';
import { identifyProcess } from '../../src/runners/process-identity.js';
import { parseQuantity } from '../../src/runners/quantity.js';
import { callAddress, listenAddress, urlOf } from '../../src/runners/server-address.js';
import type { BentoInterface } from './bento-interface.js';
import { makeServerDirectories, serverEnvironment } from './server-environment.js';
import { type ServerRecord, writeServerRecord } from './server-record.js';

export interface Launch {
  plan: RunPlan;
  served: BentoInterface;
  port: number;
  env: Record<string, string>;
}

/** Starts `bentoml serve` in a session of its own and notes it; it is not ready yet. TOOL_MISSING without a Python. */
export async function launchServer(launch: Launch): Promise<ServerRecord> {
  const { plan, port } = launch;
  await makeServerDirectories(plan);
  const logStart = await sizeOf(plan.logFile);
  const child = await spawnServer(launch);
  child.unref();
  const identity = identifyProcess(child.pid ?? 0);
  if (identity === null) throw new BerthError('START_FAILED', 'the server ended at once', { log: plan.logFile });
  rememberExit(child, identity);
  const url = urlOf(callAddress(listenAddress(plan)), port);
  const record = { ...identity, port, url, logStart, wasReady: false };
  await writeServerRecord(plan, record);
  return record;
}

async function spawnServer({ plan, served, port, env }: Launch): Promise<ChildProcess> {
  const python = plan.environment?.python ?? 'python3';
  const log = await open(plan.logFile, 'a', 0o600);
  try {
    const child = spawn(python, serveArguments(plan, served, port), {
      cwd: plan.directory,
      env: serverEnvironment(plan, served, env),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    return child;
  } catch (error) {
    const message = `${python} cannot be run: ${error instanceof Error ? error.message : error}`;
    throw new BerthError('TOOL_MISSING', message, {}, { cause: error });
  } finally {
    await log.close();
  }
}

/** Bounds the memory of each process, which children inherit, and becomes BentoML's own command. */
const bounded = `import resource, runpy, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
runpy.run_module("bentoml", run_name="__main__", alter_sys=True)
`;

function serveArguments(plan: RunPlan, { service }: BentoInterface, port: number): string[] {
  const { resources } = plan;
  const serve = ['serve', service, '--host', listenAddress(plan), '--port', String(port)];
  if (resources.memory === undefined || process.platform !== 'linux') return ['-m', 'bentoml', ...serve];
  return ['-c', bounded, String(parseQuantity(resources.memory)), ...serve];
}

/** What the plan asks for and this strategy has no bound for; undefined when it applies all of it. */
export function describeUnbound({ resources }: RunPlan, { call }: BentoInterface): string | undefined {
  const names: (keyof typeof resources)[] = ['cpu', 'gpu', 'replicas'];
  if (process.platform !== 'linux') names.push('memory');
  if (call === undefined) names.push('concurrency'); // the service says itself how many threads it bears
  const unbound = names.filter((name) => resources[name] !== undefined);
  if (unbound.length === 0) return undefined;
  return `the bentoml strategy does not apply ${unbound.join(', ')} to a server on this machine`;
}
