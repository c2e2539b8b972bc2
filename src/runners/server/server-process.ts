import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunPlan } from '../../contract/handle.js';
import { BerthError } from '../../errors.js';
import { withLock } from '../../processes/lock.js';
import { chooseFreePort, isPortFree } from '../../processes/ports.js';
import { isSameProcess } from '../../processes/process-identity.js';
import { gone, neverStarted, ready, starting, unresponsive } from '../health.js';
import { getCallAddress } from '../http/server-address.js';
import { notStartedMessage } from '../not-started.js';
import { waitUntilReady } from '../readiness.js';
import { reportLine } from '../report-line.js';
import type { Health, StartOptions } from '../runner.js';
import { describeUnboundResources } from '../unbound-resources.js';
import { describeServerExit } from './describe-server-exit.js';
import { explainServerFailure } from './explain-server-failure.js';
import { probeServer, probeTimeout } from './probe-server.js';
import type { ServerOptions, ServerState, StartAttempt } from './server-options.js';
import { type ServerRecord, serverRecord } from './server-record.js';
import { spawnServer } from './spawn-server.js';
import { stopServer } from './stop-server.js';

/** Milliseconds between two probes of a starting server. */
const interval = 50;
const defaultStartTimeout = 300;
/** Ports to try: another process may take one between the check and the start. */
const maxPorts = 5;
const resourceNames = ['cpu', 'memory', 'gpu', 'concurrency', 'replicas'] as const;

/** Another process took the port while the server started. */
class PortTakenError extends Error {}

/**
 * HTTP server of one revision on this machine, for a strategy's runner. It has its own process group and port, and
 * writes its output to the plan's log. It outlives the process that started it, and any process of the host can find
 * it.
 */
export class ServerProcess {
  private record: ServerRecord | undefined;
  private readonly address: string;

  constructor(
    private readonly plan: RunPlan,
    private readonly options: ServerOptions,
  ) {
    this.address = options.address ?? '127.0.0.1';
  }

  /**
   * Resolves when the server can be called. Takes over a server of an earlier start, or replaces it when it does not
   * answer; two concurrent starts create one server. A start that fails or is aborted leaves nothing running.
   *
   * @throws START_FAILED with the last lines of the log when the server ends, NOT_READY when it never answers,
   * TOOL_MISSING when its program cannot be run.
   */
  async start(options: StartOptions): Promise<ServerRecord> {
    const { stateDirectory } = this.plan;
    await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
    this.record = await withLock({ directory: join(stateDirectory, 'start.lock') }, async () => {
      try {
        return (await this.adopt(options)) ?? (await this.launch(options));
      } catch (error) {
        await this.stop(0);
        throw error;
      }
    });
    return this.record;
  }

  /** Continues with the record that `start` returned, in any process of this host. */
  attach(record: ServerRecord): void {
    this.record = record;
  }

  /** Explains why the server cannot be called, if known without a probe: another server may have taken its port. */
  describeUnavailability(): string | undefined {
    if (this.record === undefined) return notStartedMessage;
    return isSameProcess(this.record) ? undefined : `the software is not up: ${describeServerExit(this.record)}`;
  }

  async isHealthy(): Promise<Health> {
    const { record } = this;
    if (record === undefined) return neverStarted;
    const { pid, port } = record;
    switch (await this.probe(record)) {
      case 'serving':
        return ready(`process ${pid} answers on port ${port}`);
      case 'starting':
        return starting(`process ${pid} does not listen on port ${port} yet`);
      case 'unresponsive':
        return unresponsive(`process ${pid} did not answer on port ${port} within ${probeTimeout / 1000} s`);
      case 'foreign':
        return gone(`another server answers on port ${port}`);
      case 'gone':
        return gone(describeServerExit(record));
    }
  }

  /** Resolves when none of its processes exist, even those that left its group. Running calls get `grace` seconds. */
  async stop(grace: number): Promise<void> {
    await stopServer(this.plan, await serverRecord.read(this.plan), grace);
    await serverRecord.remove(this.plan);
  }

  /** Returns the server of an earlier start once it serves. Removes one that does not. */
  private async adopt(options: StartOptions): Promise<ServerRecord | undefined> {
    const record = await serverRecord.read(this.plan);
    if (record !== undefined && isSameProcess(record)) {
      options.onProgress?.(`process ${record.pid} of an earlier start is there`);
      const { restartTimeout } = this.options;
      const timeout = record.wasReady ? restartTimeout : undefined;
      try {
        await this.waitUntilServing(record, options, { timeout, replacesUnresponsive: restartTimeout === undefined });
        return await this.recordReady(record);
      } catch (error) {
        options.signal?.throwIfAborted();
        options.onProgress?.(`it cannot be called and is replaced: ${BerthError.from(error).message}`);
      }
    }
    await this.stop(0);
    return undefined;
  }

  private async launch(options: StartOptions): Promise<ServerRecord> {
    await this.reportUnboundResources(options);
    const failures: unknown[] = [];
    for (let portNumber = 1; ; ) {
      const port = await chooseFreePort(`${this.plan.stateDirectory}/${portNumber}`, this.address);
      try {
        return await this.launchOnPort(port, { ...options, failures });
      } catch (error) {
        await this.stop(0);
        options.signal?.throwIfAborted();
        const isTaken = error instanceof PortTakenError || !(await isPortFree(port, this.address));
        if (isTaken) {
          if (portNumber === maxPorts) throw toStartError(error);
          options.onProgress?.('another process took the port meanwhile: trying the next');
          portNumber += 1;
        } else if (this.options.canRetry?.(error, { ...options, failures })) failures.push(error);
        else throw error;
      }
    }
  }

  private async launchOnPort(port: number, attempt: StartAttempt): Promise<ServerRecord> {
    attempt.onProgress?.(`starting the server on port ${port}`);
    const command = await this.options.command(port, attempt);
    const callAddress = getCallAddress(this.address);
    const record = await spawnServer(this.plan, command, { port, callAddress, env: attempt.env });
    await this.waitUntilServing(record, attempt);
    await this.options.onLaunched?.(record);
    return await this.recordReady(record);
  }

  private async waitUntilServing(
    record: ServerRecord,
    { signal }: StartOptions,
    { timeout, replacesUnresponsive = false }: { timeout?: number | undefined; replacesUnresponsive?: boolean } = {},
  ): Promise<void> {
    const { healthPath = '/', startTimeout = defaultStartTimeout, hasFailed } = this.options;
    const isReady = async () => {
      if (await hasFailed?.(record)) throw await explainServerFailure(this.plan, this.options, record);
      const state = await this.probe(record);
      if (state === 'gone') throw await explainServerFailure(this.plan, this.options, record);
      if (state === 'foreign') throw new PortTakenError('another server answers on its port');
      if (state === 'unresponsive' && replacesUnresponsive)
        throw new BerthError('NOT_READY', `it did not answer within ${probeTimeout / 1000} s`);
      return state === 'serving';
    };
    const waitOptions = { timeout: timeout ?? startTimeout, interval, ...(signal && { signal }) };
    await waitUntilReady({ description: `answer GET ${healthPath}`, isReady }, waitOptions);
  }

  private probe(record: ServerRecord): Promise<ServerState> {
    const { probe, healthPath = '/' } = this.options;
    return probe === undefined ? probeServer(record, getCallAddress(this.address), healthPath) : probe(record);
  }

  private async recordReady(record: ServerRecord): Promise<ServerRecord> {
    const readyRecord = { ...record, wasReady: true };
    await serverRecord.write(this.plan, readyRecord);
    return readyRecord;
  }

  private async reportUnboundResources({ onProgress }: StartOptions): Promise<void> {
    const { appliedResources = [] } = this.options;
    const unbound = resourceNames.filter((name) => !appliedResources.includes(name));
    const line = describeUnboundResources(this.plan, unbound);
    if (line !== undefined) await reportLine(this.plan, line, onProgress);
  }
}

const toStartError = (error: unknown): unknown =>
  error instanceof PortTakenError
    ? new BerthError('START_FAILED', `${maxPorts} ports were taken by others, one after another`)
    : error;
