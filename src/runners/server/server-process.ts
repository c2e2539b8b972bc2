import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RunPlan } from '../../contract/handle.js';
import { BerthError } from '../../errors.js';
import { addToControlGroup } from '../../processes/control-group.js';
import { listDescendants } from '../../processes/list-descendants.js';
import { withLock } from '../../processes/lock.js';
import { getFileSize, readTail } from '../../processes/log-file.js';
import { createProcessMark } from '../../processes/marked-processes.js';
import { chooseFreePort, isListening, isPortFree } from '../../processes/ports.js';
import { getTrackedExit, trackExit, waitForExit, waitForTrackedExit } from '../../processes/process-exit.js';
import { identifyProcess, isSameProcess } from '../../processes/process-identity.js';
import { buildSoftwareEnvironment } from '../build-software-environment.js';
import { callHttp } from '../http/http-call.js';
import { waitUntilReady } from '../readiness.js';
import type { Health, StartOptions } from '../runner.js';
import { readServerRecord, removeServerRecord, type ServerRecord, writeServerRecord } from './server-record.js';
import { stopServer } from './stop-server.js';

export interface ServerCommand {
  /** Program and arguments; run without a shell, in the revision's directory. */
  argv: string[];
  /** Variables that the server is told by; the user's own win. */
  env?: Record<string, string>;
}

export interface ServerOptions {
  /** How a server is started that is to listen on this port of 127.0.0.1. */
  command: (port: number) => ServerCommand;
  /** A server that answers GET here, with whatever status, can be called; `/` when absent. */
  healthPath?: string;
  /** Seconds that it may take to come up; 300 when absent. */
  startTimeout?: number;
}

/** `starting`: alive, and it does not listen yet. `mute`: it listens and does not answer in time. */
type ServerState = 'serving' | 'starting' | 'mute' | 'gone';

/** Milliseconds that a healthy server has to answer. */
const probeTimeout = 2_000;
/** Milliseconds between two looks at a server that starts. */
const interval = 50;
const defaultStartTimeout = 300;
/** Ports that are tried: another server may take one between the look and the start. */
const maxAttempts = 5;
/** Lines of the log that say why a start failed. */
const maxShownLines = 30;

/**
 * One HTTP server on this machine for one revision, as a strategy's runner needs it: in a process group and on a loopback
 * port of its own, its prints in the plan's log, found again by any process of the host. It outlives the process that
 * started it. No bound is set for `resources`: the log says so.
 */
export class ServerProcess {
  private readonly plan: RunPlan;
  private readonly options: ServerOptions;
  private record: ServerRecord | undefined;

  constructor(plan: RunPlan, settings: ServerOptions) {
    this.plan = plan;
    this.options = settings;
  }

  /**
   * Resolves when the server can be called. One that an earlier start left is taken over, or replaced when it does not
   * answer; two starts at once make one. START_FAILED with the log's last lines when it ends before, NOT_READY when it
   * never answers, TOOL_MISSING when its program is not there; then, as when the signal aborts, nothing is left running.
   */
  async start(options: StartOptions): Promise<ServerRecord> {
    const { stateDirectory } = this.plan;
    await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
    this.record = await withLock({ directory: join(stateDirectory, 'start.lock') }, async () => {
      try {
        return (await this.adopt(options)) ?? (await this.launch(options));
      } catch (error) {
        await this.terminate(0);
        throw error;
      }
    });
    return this.record;
  }

  /** Goes on with what `start` returned, in whatever process of this host. */
  attach(record: ServerRecord): void {
    this.record = record;
  }

  /** Why it cannot be called, as long as that is known without asking it: its port may be another's by now. */
  describeUnavailability(): string | undefined {
    if (this.record === undefined) return 'the software was neither started nor attached to';
    return isSameProcess(this.record) ? undefined : `the software is not up: ${describeExit(this.record)}`;
  }

  async isHealthy(): Promise<Health> {
    const record = this.record;
    if (record === undefined) return { isHealthy: false, state: 'gone', detail: 'it was not started' };
    const state = await this.probe(record);
    const who = `process ${record.pid}`;
    switch (state) {
      case 'serving':
        return { isHealthy: true, state: 'ready', detail: `${who} answers on port ${record.port}` };
      case 'starting':
        return { isHealthy: false, state: 'starting', detail: `${who} does not listen on port ${record.port} yet` };
      case 'mute': {
        const detail = `${who} listens, but did not answer within ${probeTimeout / 1000} s`;
        return { isHealthy: false, state: 'unresponsive', detail };
      }
      case 'gone':
        return { isHealthy: false, state: 'gone', detail: describeExit(record) };
    }
  }

  /** Resolves when no process of it exists, whatever it left its group for; running calls get `grace` seconds. */
  async stop(grace: number): Promise<void> {
    await this.terminate(grace);
  }

  private async adopt(options: StartOptions): Promise<ServerRecord | undefined> {
    const record = await readServerRecord(this.plan);
    if (record !== undefined && isSameProcess(record)) {
      options.onProgress?.(`process ${record.pid} of an earlier start is there`);
      let state: ServerState = 'starting';
      await this.waitUntilReady(options, async () => {
        state = await this.probe(record);
        return state !== 'starting';
      });
      // Set by what was awaited, which the compiler does not see.
      if ((state as ServerState) === 'serving') return record;
    }
    await this.terminate(0);
    return undefined;
  }

  private async launch(options: StartOptions): Promise<ServerRecord> {
    await this.reportUnlimitedResources(options);
    for (let attempt = 1; ; attempt += 1) {
      const port = await chooseFreePort(`${this.plan.stateDirectory}/${attempt}`);
      options.onProgress?.(`starting the server on port ${port}`);
      const record = await this.spawn(port, options);
      try {
        await this.waitUntilReady(options, () => this.isServing(record));
        return record;
      } catch (error) {
        await this.terminate(0);
        if (attempt === maxAttempts || isSameProcess(record) || (await isPortFree(port))) throw error;
        options.onProgress?.('another process took the port meanwhile: trying the next');
      }
    }
  }

  private async spawn(port: number, options: StartOptions): Promise<ServerRecord> {
    const logStart = await getFileSize(this.plan.logFile);
    const child = await this.spawnChild(port, options);
    const identity = identifyProcess(child.pid ?? 0);
    if (identity === null) throw await this.explainExit(`${await waitForExit(child)} at once`, logStart);
    trackExit(child, identity);
    child.unref();
    const record = { ...identity, port, logStart };
    await writeServerRecord(this.plan, record);
    return record;
  }

  private async spawnChild(port: number, { env }: StartOptions): Promise<ChildProcess> {
    const { directory, logFile, environment } = this.plan;
    const { argv, env: serverVariables } = this.options.command(port);
    const [program = '', ...args] = argv;
    const packages = environment?.packageDirectory ?? null;
    const variables = {
      ...buildSoftwareEnvironment(environment?.python),
      PYTHONUNBUFFERED: '1', // what it prints is in the log at once
      ...(packages !== null && { PYTHONPATH: packages }),
      ...serverVariables,
      ...env,
      ...createProcessMark(this.plan),
    };
    await mkdir(dirname(logFile), { recursive: true });
    const log = await open(logFile, 'a', 0o600);
    try {
      const stdio = ['ignore', log.fd, log.fd] as const;
      const child = spawn(program, args, { cwd: directory, env: variables, detached: true, stdio: [...stdio] });
      addToControlGroup(child.pid, this.plan);
      await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      return child;
    } catch (error) {
      const message = `${program} cannot be run: ${error instanceof Error ? error.message : error}`;
      throw new BerthError('TOOL_MISSING', message, {}, { cause: error });
    } finally {
      await log.close();
    }
  }

  private async isServing(record: ServerRecord): Promise<boolean> {
    const state = await this.probe(record);
    if (state === 'gone') throw await this.explainExit((await waitForTrackedExit(record)) ?? 'ended', record.logStart);
    return state === 'serving';
  }

  private async probe(record: ServerRecord): Promise<ServerState> {
    if (!isSameProcess(record)) return 'gone';
    if (!isPortServedBy(record)) return 'starting';
    const url = `http://127.0.0.1:${record.port}${this.options.healthPath ?? '/'}`;
    try {
      await callHttp({ url, signal: AbortSignal.timeout(probeTimeout) });
      return 'serving';
    } catch {
      return isSameProcess(record) ? 'mute' : 'gone';
    }
  }

  private async waitUntilReady({ signal }: StartOptions, isReady: () => Promise<boolean>): Promise<void> {
    const { healthPath = '/', startTimeout: timeout = defaultStartTimeout } = this.options;
    await waitUntilReady(
      { description: `answer GET ${healthPath}`, isReady },
      { timeout, interval, ...(signal && { signal }) },
    );
  }

  private async terminate(patience: number): Promise<void> {
    await stopServer(this.plan, await readServerRecord(this.plan), patience);
    await removeServerRecord(this.plan);
  }

  private async explainExit(how: string, logStart: number): Promise<BerthError> {
    const { deployment, logFile } = this.plan;
    const evidence = (await getFileSize(logFile)) > logStart ? await readTail(logFile, maxShownLines) : '';
    const last = evidence.trimEnd().split('\n').at(-1) ?? '';
    const message = `the server ${how} before it could be called${last === '' ? '' : `: ${last}`}`;
    return new BerthError('START_FAILED', message, { name: deployment, log: logFile, evidence });
  }

  private async reportUnlimitedResources({ onProgress }: StartOptions): Promise<void> {
    const { resources, strategy, logFile } = this.plan;
    const names = (['cpu', 'memory', 'gpu', 'concurrency', 'replicas'] as const).filter((name) => name in resources);
    if (names.length === 0) return;
    const line = `the ${strategy} strategy sets no bound for ${names.join(', ')}: the software sees the whole machine`;
    onProgress?.(line);
    await mkdir(dirname(logFile), { recursive: true });
    await appendFile(logFile, `berth: ${line}\n`, { mode: 0o600 });
  }
}

const describeExit = (record: ServerRecord): string => `process ${record.pid} ${getTrackedExit(record) ?? 'has ended'}`;

/** A shell that waits for the server, and the workers of one, are its descendants: each may be who listens. */
const isPortServedBy = ({ pid, port }: ServerRecord): boolean =>
  isListening(pid, port) || listDescendants([pid]).some((process) => isListening(process.pid, port));
