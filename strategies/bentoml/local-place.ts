import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../src/contract/answer.js';
import type { RunPlan } from '../../src/contract/handle.js';
import { callFailure } from '../../src/runners/call-deadline.js';
import { callHttp } from '../../src/runners/http-call.js';
import { isListening } from '../../src/runners/listening-port.js';
import { readLog } from '../../src/runners/log-file.js';
import { recallExit } from '../../src/runners/process-exit.js';
import { isSameProcess } from '../../src/runners/process-identity.js';
import type { Health, LogOptions, StartOptions } from '../../src/runners/runner.js';
import { listenAddress, urlOf } from '../../src/runners/server-address.js';
import { findException, readSince } from './find-exception.js';
import {
  type BentoHandle,
  type FindFailure,
  gone,
  type Place,
  ready,
  type Served,
  unresponsive,
  type Way,
} from './place.js';
import { readServerRecord, removeServerRecord, type ServerRecord } from './server-record.js';

/** Milliseconds that a healthy server has to answer a probe. */
const probePatience = 2_000;
/** Seconds that running calls get when the server is stopped. */
const grace = 10;
/** Milliseconds for which a look at process and log holds: in so short a time no stranger gets the port. */
const lookHolds = 50;
/** Milliseconds that an exception may take to be in the log. */
const logPatience = 500;

/**
 * This machine: `bentoml serve` on a port of loopback, or of the address that is exposed. A bento of the revision is kept
 * beside it.
 *
 * Of `resources` it applies `memory` (writable memory of each process, on Linux), `concurrency` (calls at once of a service
 * that a recipe wrote) and, as the plan's, `timeout`. For the others the log says that they are not applied.
 */
export class LocalPlace implements Place {
  /** The way to the server whose process was seen to live. */
  private seen: { server: ServerRecord; way: Way; until: number } | undefined;

  constructor(private readonly plan: RunPlan) {}

  async start(options: StartOptions): Promise<Served> {
    const { startServer } = await import('./start-server.js');
    const { server, api } = await startServer(this.plan, options);
    return { endpoint: urlOf(listenAddress(this.plan), server.port), server, api };
  }

  findWay({ server }: BentoHandle): Way | Answer {
    const { seen } = this;
    const now = performance.now();
    if (seen !== undefined && seen.server === server && now < seen.until) return seen.way;
    if (server === undefined || !isSameProcess(server))
      return callFailure('NOT_RUNNING', `the software is not up: ${describeEnd(server)}`);
    const way = { url: server.url, headers: {}, findFailure: this.searchFrom(this.measureLog()) };
    this.seen = { server, way, until: now + lookHolds };
    return way;
  }

  judgeReply(): undefined {}

  async isHealthy({ server }: BentoHandle): Promise<Health> {
    if (server === undefined || !isSameProcess(server)) return gone(describeEnd(server));
    if (!isListening(server.pid, server.port)) return gone(`process ${server.pid} does not listen on ${server.port}`);
    const url = `${server.url}/readyz`;
    try {
      const { status } = await callHttp({ url, signal: AbortSignal.timeout(probePatience) });
      if (status === 200) return ready(`process ${server.pid} serves ${url}`);
      return unresponsive(`${url} answers ${status}`);
    } catch {
      return unresponsive(`process ${server.pid} lives, but ${url} does not answer within ${probePatience / 1000} s`);
    }
  }

  logs(options?: LogOptions): AsyncIterable<string> {
    return readLog(this.plan.logFile, options);
  }

  async keep(handle: BentoHandle, options: StartOptions): Promise<void> {
    const { keepBento } = await import('./keep-bento.js');
    await keepBento(this.plan, handle.api, options);
  }

  /** A build that begins beside this finds no server noted, and ends by itself; one that began before is ended last. */
  async stop(): Promise<void> {
    const [{ endServer }, { endBuild }] = await Promise.all([
      import('../../src/runners/end-server.js'),
      import('./build-bento.js'),
    ]);
    await endServer(this.plan, await readServerRecord(this.plan), grace + 1);
    await removeServerRecord(this.plan);
    await endBuild(this.plan);
  }

  async undo(): Promise<void> {
    const { removeServerPaths } = await import('./server-environment.js');
    await this.stop();
    await removeServerPaths(this.plan);
  }

  /** Bytes that the log has by now. At once: a look at a file takes less than the way to another thread and back. */
  private measureLog(): number {
    return statSync(this.plan.logFile, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Looks in what the log has got since then, by the call's trace; an exception that has ended the worker bears none. */
  private searchFrom(logStart: number): FindFailure {
    return async (trace, hasFailed) => {
      if (hasFailed) this.seen = undefined; // the next call's begins behind this one's
      for (const deadline = Date.now() + logPatience; ; await sleep(20)) {
        const log = await readSince(this.plan.logFile, logStart);
        const words = log.includes(trace) || !hasFailed ? trace : 'Exception in ASGI application';
        const found = findException(log, words, this.plan);
        if (found !== undefined || !hasFailed || Date.now() > deadline) return found;
      }
    };
  }
}

const describeEnd = (server: ServerRecord | undefined): string =>
  server === undefined ? 'it was not started' : `process ${server.pid} ${recallExit(server) ?? 'has ended'}`;
