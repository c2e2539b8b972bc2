import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Answer } from '../../../src/contract/answer.js';
import type { RunPlan } from '../../../src/contract/handle.js';
import { readLog } from '../../../src/processes/log-file.js';
import { getTrackedExit } from '../../../src/processes/process-exit.js';
import { isSameProcess } from '../../../src/processes/process-identity.js';
import { createErrorAnswer } from '../../../src/runners/call-deadline.js';
import { buildUrl, getListenAddress } from '../../../src/runners/http/server-address.js';
import type { Health, LogOptions, StartOptions } from '../../../src/runners/runner.js';
import { unlimitedResources } from '../../../src/runners/server/python-module-arguments.js';
import { parseGraphInterface } from '../graph-interface.js';
import type { CallTarget, GraphHandle, ServerInfo, ServingBackend } from '../serving-backend.js';
import { probeServer, probeTimeout, type ServerState } from './probe-server.js';
import { readServerRecord, removeServerRecord, type ServerRecord } from './server-record.js';

/** Seconds that running runs get when the server is stopped. */
const grace = 10;

/**
 * This machine: the framework's own local server (`langgraph dev`) on loopback, or at the address that is exposed. Threads
 * are kept in the plan's shared directory: over restarts, and for every revision of the deployment.
 *
 * Of `resources` it applies `memory`, `concurrency` (runs at once; more wait) and, as the plan's, `timeout`. There is no
 * bound here for `cpu`, `gpu` and `replicas`: the log says so.
 */
export class LocalBackend implements ServingBackend {
  constructor(private readonly plan: RunPlan) {}

  async start(options: StartOptions): Promise<ServerInfo> {
    const { plan } = this;
    const { withLock } = await import('../../../src/processes/lock.js');
    await mkdir(plan.stateDirectory, { recursive: true, mode: 0o700 });
    const lock = { directory: join(plan.stateDirectory, 'start.lock') };
    const server = await withLock(lock, () => this.findOrLaunch(options));
    return { endpoint: buildUrl(getListenAddress(plan), server.port), server, notes: server.notes ?? [] };
  }

  findCallTarget({ server }: GraphHandle): CallTarget | Answer {
    // Its port may be another's by now.
    if (server !== undefined && isSameProcess(server)) return { url: server.url, headers: {} };
    return createErrorAnswer('NOT_RUNNING', `the software is not up: ${describeExit(server)}`);
  }

  async isHealthy({ server }: GraphHandle): Promise<Health> {
    if (server === undefined) return { isHealthy: false, state: 'gone', detail: describeExit(server) };
    return describeHealth(server, await probeServer(server));
  }

  async *logs(options?: LogOptions): AsyncIterable<string> {
    for await (const line of readLog(this.plan.logFile, options)) yield stripVTControlCharacters(line);
  }

  async stop(): Promise<void> {
    await this.stopServer(grace);
  }

  /** All that a start makes is processes, and files in the plan's directories. */
  async undo(): Promise<void> {
    await this.stop();
  }

  private async findOrLaunch(options: StartOptions): Promise<ServerRecord> {
    const { plan } = this;
    const { awaitServer } = await import('./launch-server.js');
    const graph = parseGraphInterface(plan.runInterface);
    const record = await readServerRecord(plan);
    if (record !== undefined && (await awaitServer(record, options))) return record;
    await this.stopServer(0); // it is gone, or does not answer
    const note = describeUnappliedResources(plan);
    if (note !== undefined) await this.report(note, options.onProgress);
    const { launchLoadableGraphs } = await import('./launch-loadable-graphs.js');
    return await launchLoadableGraphs(plan, graph, options);
  }

  /** Resolves when no process of the server exists, whatever it left its group for. */
  private async stopServer(patience: number): Promise<void> {
    const { stopServer } = await import('../../../src/runners/server/stop-server.js');
    await stopServer(this.plan, await readServerRecord(this.plan), patience);
    await removeServerRecord(this.plan);
  }

  private async report(line: string, onProgress: StartOptions['onProgress']): Promise<void> {
    onProgress?.(line);
    await mkdir(dirname(this.plan.logFile), { recursive: true });
    await appendFile(this.plan.logFile, `berth: ${line}\n`, { mode: 0o600 });
  }
}

const describeExit = (server: ServerRecord | undefined): string =>
  server === undefined ? 'it was not started' : `process ${server.pid} ${getTrackedExit(server) ?? 'has ended'}`;

function describeHealth(server: ServerRecord, state: ServerState): Health {
  const unhealthy = (health: Health['state'], detail: string): Health => ({ isHealthy: false, state: health, detail });
  switch (state) {
    case 'serving':
      return {
        isHealthy: true,
        state: 'ready',
        detail: `process ${server.pid} answers GET /ok on ${server.url}`,
      };
    case 'gone':
      return unhealthy('gone', describeExit(server));
    case 'foreign':
      return unhealthy('gone', `another server answers on ${server.url}`);
    case 'starting':
      return unhealthy('starting', `process ${server.pid} lives, and does not listen yet`);
    case 'mute':
      return unhealthy(
        'unresponsive',
        `process ${server.pid} lives, but did not answer within ${probeTimeout / 1000} s`,
      );
  }
}

/** What the plan asks for and this strategy has no bound for. */
function describeUnappliedResources({ resources }: RunPlan): string | undefined {
  const names = unlimitedResources.filter((name) => resources[name] !== undefined);
  if (names.length === 0) return undefined;
  return `the langgraph strategy sets no bound for ${names.join(', ')}: the software sees the whole machine`;
}
