import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Answer } from '../../src/contract/answer.js';
import type { RunPlan } from '../../src/contract/handle.js';
import { callFailure } from '../../src/runners/call-deadline.js';
import { readLog } from '../../src/runners/log-file.js';
import { recallExit } from '../../src/runners/process-exit.js';
import { isSameProcess } from '../../src/runners/process-identity.js';
import { unboundHere } from '../../src/runners/python-module.js';
import type { Health, LogOptions, StartOptions } from '../../src/runners/runner.js';
import { listenAddress, urlOf } from '../../src/runners/server-address.js';
import { readGraphInterface } from './graph-interface.js';
import type { GraphHandle, Place, Served, Way } from './place.js';
import { probePatience, probeServer, type ServerState } from './probe-server.js';
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
export class LocalPlace implements Place {
  constructor(private readonly plan: RunPlan) {}

  async start(options: StartOptions): Promise<Served> {
    const { plan } = this;
    const { withLock } = await import('../../src/runners/lock.js');
    await mkdir(plan.stateDirectory, { recursive: true, mode: 0o700 });
    const lock = { directory: join(plan.stateDirectory, 'start.lock') };
    const server = await withLock(lock, () => this.findOrLaunch(options));
    return { endpoint: urlOf(listenAddress(plan), server.port), server, notes: server.notes ?? [] };
  }

  findWay({ server }: GraphHandle): Way | Answer {
    // Its port may be another's by now.
    if (server !== undefined && isSameProcess(server)) return { url: server.url, headers: {} };
    return callFailure('NOT_RUNNING', `the software is not up: ${describeEnd(server)}`);
  }

  async isHealthy({ server }: GraphHandle): Promise<Health> {
    if (server === undefined) return { isHealthy: false, state: 'gone', detail: describeEnd(server) };
    return describeHealth(server, await probeServer(server));
  }

  async *logs(options?: LogOptions): AsyncIterable<string> {
    for await (const line of readLog(this.plan.logFile, options)) yield stripVTControlCharacters(line);
  }

  async stop(): Promise<void> {
    await this.end(grace);
  }

  /** All that a start makes is processes, and files in the plan's directories. */
  async undo(): Promise<void> {
    await this.stop();
  }

  private async findOrLaunch(options: StartOptions): Promise<ServerRecord> {
    const { plan } = this;
    const { awaitServer } = await import('./launch-server.js');
    const graph = readGraphInterface(plan.runInterface);
    const record = await readServerRecord(plan);
    if (record !== undefined && (await awaitServer(record, options))) return record;
    await this.end(0); // it is gone, or does not answer
    const note = describeUnbound(plan);
    if (note !== undefined) await this.say(note, options.onProgress);
    const { launchLoadable } = await import('./left-out-graphs.js');
    return await launchLoadable(plan, graph, options);
  }

  /** Resolves when no process of the server exists, whatever it left its group for. */
  private async end(patience: number): Promise<void> {
    const { endServer } = await import('../../src/runners/end-server.js');
    await endServer(this.plan, await readServerRecord(this.plan), patience);
    await removeServerRecord(this.plan);
  }

  private async say(line: string, onProgress: StartOptions['onProgress']): Promise<void> {
    onProgress?.(line);
    await mkdir(dirname(this.plan.logFile), { recursive: true });
    await appendFile(this.plan.logFile, `berth: ${line}\n`, { mode: 0o600 });
  }
}

const describeEnd = (server: ServerRecord | undefined): string =>
  server === undefined ? 'it was not started' : `process ${server.pid} ${recallExit(server) ?? 'has ended'}`;

function describeHealth(server: ServerRecord, state: ServerState): Health {
  const bad = (health: Health['state'], detail: string): Health => ({ isHealthy: false, state: health, detail });
  switch (state) {
    case 'serving':
      return {
        isHealthy: true,
        state: 'ready',
        detail: `process ${server.pid} answers GET /ok on ${server.url}`,
      };
    case 'gone':
      return bad('gone', describeEnd(server));
    case 'foreign':
      return bad('gone', `another server answers on ${server.url}`);
    case 'starting':
      return bad('starting', `process ${server.pid} lives, and does not listen yet`);
    case 'mute':
      return bad('unresponsive', `process ${server.pid} lives, but did not answer within ${probePatience / 1000} s`);
  }
}

/** What the plan asks for and this strategy has no bound for. */
function describeUnbound({ resources }: RunPlan): string | undefined {
  const names = unboundHere.filter((name) => resources[name] !== undefined);
  if (names.length === 0) return undefined;
  return `the langgraph strategy sets no bound for ${names.join(', ')}: the software sees the whole machine`;
}
