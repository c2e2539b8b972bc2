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

/** Milliseconds that a healthy server has to answer a probe. */
const probeTimeout = 2_000;
/** Seconds that running calls get when the server is stopped. */
const grace = 10;
/** Milliseconds for which a look at process and log holds: in so short a time no stranger gets the port. */
const targetCacheTime = 50;
/** Milliseconds that an exception may take to be in the log. */
const logTimeout = 500;

/**
 * This machine: `bentoml serve` on a port of loopback, or of the address that is exposed. A bento of the revision is kept
 * beside it.
 *
 * Of `resources` it applies `memory` (writable memory of each process, on Linux), `concurrency` (calls at once of a service
 * that a recipe wrote) and, as the plan's, `timeout`. For the others the log says that they are not applied.
 */
export class LocalBackend implements ServingBackend {
  /** The way to the server whose process was seen to live. */
  private cachedTarget: { server: ServerRecord; way: CallTarget; until: number } | undefined;

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
      return cachedTarget.way;
    if (server === undefined || !isSameProcess(server))
      return createErrorAnswer('NOT_RUNNING', `the software is not up: ${describeServerExit(server)}`);
    const target = { url: server.url, headers: {}, findFailure: this.searchLogFrom(this.getLogSize()) };
    this.cachedTarget = { server, way: target, until: now + targetCacheTime };
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

  /** A build that begins beside this finds no server noted, and ends by itself; one that began before is ended last. */
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

  /** Bytes that the log has by now. At once: a look at a file takes less than the way to another thread and back. */
  private getLogSize(): number {
    return statSync(this.plan.logFile, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Looks in what the log has got since then, by the call's trace; an exception that has ended the worker bears none. */
  private searchLogFrom(logStart: number): FindFailure {
    return async (trace, hasFailed) => {
      if (hasFailed) this.cachedTarget = undefined; // the next call's begins behind this one's
      for (const deadline = Date.now() + logTimeout; ; await sleep(20)) {
        const log = await readLogSince(this.plan.logFile, logStart, maxSearchBytes);
        const searchText = log.includes(trace) || !hasFailed ? trace : 'Exception in ASGI application';
        const found = findException(log, searchText, this.plan);
        if (found !== undefined || !hasFailed || Date.now() > deadline) return found;
      }
    };
  }
}
