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
 * Serves with the framework's own local server (`langgraph dev`), on loopback or at the exposed address. Threads are in
 * the plan's shared directory: they outlive restarts, and every revision of the deployment uses them.
 *
 * Applies the resources `memory`, `concurrency` (concurrent runs; more wait) and, as the plan's, `timeout`. It has no bound
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
    // Another program may have its port by now.
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

  /** Removes nothing else: a start creates only processes, and files in the plan's directories. */
  async undo(): Promise<void> {
    await this.stop();
  }

  /** Loads the engine that starts and stops the server, which a call does not need. */
  private getServer(): Promise<ServerProcess> {
    this.openingServer ??= import('./graph-server.js').then(({ openGraphServer }) => openGraphServer(this.plan));
    return this.openingServer;
  }
}
