import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../src/contract/answer.js';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { callFailure, withDeadline } from '../../src/runners/call-deadline.js';
import { callHttp, type HttpCall } from '../../src/runners/http-call.js';
import { isListening } from '../../src/runners/listening-port.js';
import { readLog, sizeOf } from '../../src/runners/log-file.js';
import { recallExit } from '../../src/runners/process-exit.js';
import { isSameProcess } from '../../src/runners/process-identity.js';
import type { CallOptions, Health, LogOptions, Runner, StartOptions } from '../../src/runners/runner.js';
import { listenAddress, urlOf } from '../../src/runners/server-address.js';
import { callTask } from './call-task.js';
import { findException, type LoggedException, readSince } from './find-exception.js';
import { readAnswer } from './read-answer.js';
import { buildBody, WrongInput } from './request-body.js';
import { readServerRecord, removeServerRecord, type ServerRecord } from './server-record.js';
import type { ServiceApi } from './service-api.js';

/** What `start` adds to the handle: which server serves, and how its API is called. */
interface BentoHandle extends Handle {
  server: ServerRecord;
  api: ServiceApi;
}

/** Where and how a call's exception is looked for. */
interface FailureSearch {
  trace: string;
  /** Bytes of the log before the call. */
  logStart: number;
  hasFailed: boolean;
}

/** Milliseconds that a healthy server has to answer a probe. */
const probePatience = 2_000;
/** Seconds that running calls get when the server is stopped. */
const grace = 10;
/** Milliseconds after which an idle connection is let go: before the server does so itself. */
const idleTime = 4_000;
/** Milliseconds that an exception may take to be in the log. */
const logPatience = 500;

/**
 * Serves a Bento service on this machine: `bentoml serve` on a port of loopback, or of the address that is exposed, called over
 * HTTP.
 *
 * Of `resources` it applies `memory` (writable memory of each process, on Linux), `concurrency` (threads of a service
 * that a recipe wrote) and, as the plan's, `timeout`. For the others the log says that they are not applied.
 */
export class BentoMLRunner implements Runner {
  private handle: BentoHandle | undefined;
  private agent = new Agent({ keepAlive: true, timeout: idleTime });

  constructor(private readonly plan: RunPlan) {}

  async start(options: StartOptions): Promise<Handle> {
    const { startServer } = await import('./start-server.js');
    const { server, api } = await startServer(this.plan, options);
    const endpoint = urlOf(listenAddress(this.plan), server.port);
    const handle: BentoHandle = { plan: this.plan, endpoint, startedAt: new Date().toISOString(), server, api };
    await this.attach(handle);
    return handle;
  }

  async attach(handle: Handle): Promise<void> {
    this.handle = handle as BentoHandle; // made by `start`, whose keys it has
  }

  async run(inputs: unknown, options: CallOptions = {}): Promise<Answer> {
    const { handle, plan } = this;
    if (handle === undefined) return callFailure('NOT_RUNNING', 'the software was neither started nor attached to');
    const { server } = handle;
    if (!isSameProcess(server)) return callFailure('NOT_RUNNING', `the software is not up: ${describeEnd(server)}`);
    return await withDeadline({ timeout: plan.timeout, ...options }, (signal) => this.call(handle, inputs, signal));
  }

  async isHealthy(): Promise<Health> {
    if (this.handle === undefined) return gone('it was not started');
    const { server } = this.handle;
    if (!isSameProcess(server)) return gone(describeEnd(server));
    if (!isListening(server.pid, server.port)) return gone(`process ${server.pid} does not listen on ${server.port}`);
    const url = `${server.url}/readyz`;
    try {
      const { status } = await callHttp({ url, signal: AbortSignal.timeout(probePatience) });
      if (status === 200) return { isHealthy: true, state: 'ready', detail: `process ${server.pid} serves ${url}` };
      return { isHealthy: false, state: 'unresponsive', detail: `${url} answers ${status}` };
    } catch {
      const detail = `process ${server.pid} lives, but ${url} does not answer within ${probePatience / 1000} s`;
      return { isHealthy: false, state: 'unresponsive', detail };
    }
  }

  logs(options?: LogOptions): AsyncIterable<string> {
    return readLog(this.plan.logFile, options);
  }

  async stop(): Promise<void> {
    const { endServer } = await import('../../src/runners/end-server.js');
    await endServer(this.plan, await readServerRecord(this.plan), grace + 1);
    await removeServerRecord(this.plan);
    await this.close();
  }

  async undo(): Promise<void> {
    const { removeServerPaths } = await import('./server-environment.js');
    await this.stop();
    await removeServerPaths(this.plan);
  }

  async close(): Promise<void> {
    this.agent.destroy();
    this.agent = new Agent({ keepAlive: true, timeout: idleTime });
  }

  private async call({ server, api }: BentoHandle, inputs: unknown, signal: AbortSignal): Promise<Answer> {
    try {
      const { contentType, body } = await buildBody(api, inputs);
      const trace = randomBytes(16).toString('hex');
      const headers = { 'content-type': contentType, traceparent: `00-${trace}-${trace.slice(16)}-01` };
      const url = server.url + api.route;
      const call: HttpCall & { signal: AbortSignal } = {
        url,
        headers,
        body,
        agent: this.agent,
        signal,
        method: 'POST',
      };
      const logStart = await sizeOf(this.plan.logFile);
      const reply = await (api.isTask ? callTask(call) : callHttp(call));
      return await readAnswer(reply, api, (hasFailed) => this.findFailure({ trace, logStart, hasFailed }));
    } catch (error) {
      if (error instanceof WrongInput) return callFailure('CALL_INPUT', error.message);
      throw error;
    }
  }

  /** The call's exception by its trace; one that has ended the worker bears none. */
  private async findFailure({ trace, logStart, hasFailed }: FailureSearch): Promise<LoggedException | undefined> {
    for (const deadline = Date.now() + logPatience; ; await sleep(20)) {
      const log = await readSince(this.plan.logFile, logStart);
      const words = log.includes(trace) || !hasFailed ? trace : 'Exception in ASGI application';
      const found = findException(log, words, this.plan);
      if (found !== undefined || !hasFailed || Date.now() > deadline) return found;
    }
  }
}

const gone = (detail: string): Health => ({ isHealthy: false, state: 'gone', detail });

const describeEnd = (server: ServerRecord): string => `process ${server.pid} ${recallExit(server) ?? 'has ended'}`;
