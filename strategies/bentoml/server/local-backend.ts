import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../../src/contract/answer.js';
import type { RunPlan } from '../../../src/contract/handle.js';
import { readLog, readLogSince } from '../../../src/processes/log-file.js';
import { isListening } from '../../../src/processes/ports.js';
import { isSameProcess } from '../../../src/processes/process-identity.js';
import { createErrorAnswer } from '../../../src/runners/call-deadline.js';
import { gone, ready, unresponsive } from '../../../src/runners/health.js';
import { callHttp } from '../../../src/runners/http/http-call.js';
import { buildUrl, getListenAddress } from '../../../src/runners/http/server-address.js';
import type { Health, LogOptions, StartOptions } from '../../../src/runners/runner.js';
import { describeServerExit } from '../../../src/runners/server/describe-server-exit.js';
import { type ServerRecord, serverRecord } from '../../../src/runners/server/server-record.js';
import { findException, maxSearchBytes } from '../calls/find-exception.js';
import type { BentoHandle, CallTarget, FindFailure, ServerInfo, ServingBackend } from '../serving-backend.js';

/** Milliseconds that a healthy server may take to answer a probe. */
const probeTimeout = 2_000;
/** Seconds that running calls get when the server is stopped. */
const grace = 10;
/** Milliseconds for which a check of process and log is valid: no other process gets the port in such a short time. */
const targetCacheTime = 50;
/** Milliseconds that an exception may take to appear in the log. */
const logTimeout = 500;

/**
 * Serves on this machine with `bentoml serve`, on loopback or at the exposed address, and builds a bento of the
 * revision.
 *
 * Applies the resources `memory` (writable memory of each process, on Linux), `concurrency` (concurrent calls of a
 * generated service) and, as the plan's, `timeout`. The log names the others.
 */
export class LocalBackend implements ServingBackend {
  /** Address of the server that was last seen alive. */
  private cachedTarget: { server: ServerRecord; target: CallTarget; until: number } | undefined;

  constructor(private readonly plan: RunPlan) {}

  async start(options: StartOptions): Promise<ServerInfo> {
    const { startServer } = await import('./start-server.js');
    const { server, api } = await startServer(this.plan, options);
    return { endpoint: buildUrl(getListenAddress(this.plan), server.port), server, api };
  }

  findCallTarget({ server }: BentoHandle): CallTarget | Answer {
    const { cachedTarget } = this;
    const now = performance.now();
    if (cachedTarget !== undefined && cachedTarget.server === server && now < cachedTarget.until)
      return cachedTarget.target;
    if (server === undefined || !isSameProcess(server))
      return createErrorAnswer('NOT_RUNNING', `the software is not up: ${describeServerExit(server)}`);
    const target = { url: server.url, headers: {}, findFailure: this.searchLogFrom(this.getLogSize()) };
    this.cachedTarget = { server, target, until: now + targetCacheTime };
    return target;
  }

  checkReply(): undefined {}

  async isHealthy({ server }: BentoHandle): Promise<Health> {
    if (server === undefined || !isSameProcess(server)) return gone(describeServerExit(server));
    if (!isListening(server.pid, server.port)) return gone(`process ${server.pid} does not listen on ${server.port}`);
    const url = `${server.url}/readyz`;
    try {
      const { status } = await callHttp({ url, signal: AbortSignal.timeout(probeTimeout) });
      if (status === 200) return ready(`process ${server.pid} serves ${url}`);
      return unresponsive(`${url} answers ${status}`);
    } catch {
      return unresponsive(`process ${server.pid} lives, but ${url} does not answer within ${probeTimeout / 1000} s`);
    }
  }

  logs(options?: LogOptions): AsyncIterable<string> {
    return readLog(this.plan.logFile, options);
  }

  async archive(handle: BentoHandle, options: StartOptions): Promise<void> {
    const { archiveBento } = await import('../bento/archive-bento.js');
    await archiveBento(this.plan, handle.api, options);
  }

  /** Stops the server, then its build. A build that begins meanwhile finds no server record, and ends by itself. */
  async stop(): Promise<void> {
    const [{ stopServer }, { stopBuild }] = await Promise.all([
      import('../../../src/runners/server/stop-server.js'),
      import('../bento/build-bento.js'),
    ]);
    await stopServer(this.plan, await serverRecord.read(this.plan), grace + 1);
    await serverRecord.remove(this.plan);
    await stopBuild(this.plan);
  }

  async undo(): Promise<void> {
    const { removeServerPaths } = await import('./server-environment.js');
    await this.stop();
    await removeServerPaths(this.plan);
  }

  /**
   * Returns the size of the log in bytes; synchronously, because reading a file's size is faster than switching
   * threads.
   */
  private getLogSize(): number {
    return statSync(this.plan.logFile, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Searches the lines since `logStart` by the call's trace ID. An exception that ended the worker has none. */
  private searchLogFrom(logStart: number): FindFailure {
    return async (trace, hasFailed) => {
      if (hasFailed) this.cachedTarget = undefined; // the next call's lines begin after this one's
      for (const deadline = Date.now() + logTimeout; ; await sleep(20)) {
        const log = await readLogSince(this.plan.logFile, logStart, maxSearchBytes);
        const searchText = log.includes(trace) || !hasFailed ? trace : 'Exception in ASGI application';
        const found = findException(log, searchText, this.plan);
        if (found !== undefined || !hasFailed || Date.now() > deadline) return found;
      }
    };
  }
}
