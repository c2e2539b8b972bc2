import { stripVTControlCharacters } from 'node:util';
import type { Answer } from '../../../src/contract/answer.js';
import type { RunPlan } from '../../../src/contract/handle.js';
import { readLog } from '../../../src/processes/log-file.js';
import { isSameProcess } from '../../../src/processes/process-identity.js';
import { createErrorAnswer } from '../../../src/runners/call-deadline.js';
import { neverStarted } from '../../../src/runners/health.js';
import { buildUrl, getListenAddress } from '../../../src/runners/http/server-address.js';
import type { Health, LogOptions, StartOptions } from '../../../src/runners/runner.js';
import { describeServerExit } from '../../../src/runners/server/describe-server-exit.js';
import type { ServerProcess } from '../../../src/runners/server/server-process.js';
import type { CallTarget, GraphHandle, ServerInfo, ServingBackend } from '../serving-backend.js';

/** Seconds that running runs get when the server is stopped. */
const grace = 10;

/**
 * The framework's own local server (`langgraph dev`) on this machine, on loopback or at the exposed address. Threads are
 * kept in the plan's shared directory: over restarts, and for every revision of the deployment.
 *
 * Applies the resources `memory`, `concurrency` (runs at once; more wait) and, as the plan's, `timeout`. It has no bound
 * for `cpu`, `gpu` and `replicas`, and the log says so.
 */
export class LocalBackend implements ServingBackend {
  private openingServer: Promise<ServerProcess> | undefined;

  constructor(private readonly plan: RunPlan) {}

  async start(options: StartOptions): Promise<ServerInfo> {
    const server = await (await this.getServer()).start(options);
    return { endpoint: buildUrl(getListenAddress(this.plan), server.port), server, notes: server.notes ?? [] };
  }

  findCallTarget({ server }: GraphHandle): CallTarget | Answer {
    // Its port may be another's by now.
    if (server !== undefined && isSameProcess(server)) return { url: server.url, headers: {} };
    return createErrorAnswer('NOT_RUNNING', `the software is not up: ${describeServerExit(server)}`);
  }

  async isHealthy({ server }: GraphHandle): Promise<Health> {
    if (server === undefined) return neverStarted;
    const process = await this.getServer();
    process.attach(server);
    return await process.isHealthy();
  }

  async *logs(options?: LogOptions): AsyncIterable<string> {
    for await (const line of readLog(this.plan.logFile, options)) yield stripVTControlCharacters(line);
  }

  async stop(): Promise<void> {
    await (await this.getServer()).stop(grace);
  }

  /** All that a start makes is processes, and files in the plan's directories. */
  async undo(): Promise<void> {
    await this.stop();
  }

  /** A call does without the engine that starts and stops the server. */
  private getServer(): Promise<ServerProcess> {
    this.openingServer ??= import('./graph-server.js').then(({ openGraphServer }) => openGraphServer(this.plan));
    return this.openingServer;
  }
}
