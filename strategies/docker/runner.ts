import { appendFile, mkdir, readFile } from 'node:fs/promises';
import type { Agent } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Answer } from '../../src/contract/answer.js';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { writeDurably } from '../../src/home/durable-file.js';
import type { BerthHome } from '../../src/home/home.js';
import { readExactJson, readJson } from '../../src/json/read-json.js';
import { readLog } from '../../src/processes/log-file.js';
import { parseAnswerError } from '../../src/runners/answer-text.js';
import { createErrorAnswer } from '../../src/runners/call-deadline.js';
import { callWithParsedInputs, streamWithParsedInputs } from '../../src/runners/call-text.js';
import { callJson, type JsonCall, streamJson } from '../../src/runners/http/json-call.js';
import type {
  CallOptions,
  ExternalResource,
  Health,
  LogOptions,
  Runner,
  StartOptions,
} from '../../src/runners/runner.js';
import { callHost, callHostText, type HostValueCall, streamHost, streamHostText } from './calls/host-call.js';
import { VerifiedAgent } from './calls/verified-agent.js';
import { createEngineVerifier, createHostVerifier } from './calls/verify-peer.js';
import { isReportedUnhealthy, isServing, probeTimeout } from './container/probe-container.js';
import { isReadOnlyRootFailure, needsWritableRoot, recordWritableRoot } from './container/writable-root.js';
import type { DockerHandle } from './docker-handle.js';

/** Milliseconds after which an idle connection to a server of somebody else's is not used again: it may be about to close it. */
const idleTimeout = 1_000;

/** Milliseconds that an engine may take to notice that a container has ended, whose port refuses already. */
const exitDetectionTime = 1_000;

/**
 * Runs a revision in a container of this machine's engine, called over HTTP on a port of its loopback, or of
 * the address that is exposed.
 *
 * Of `resources` the engine bounds `cpu` and `memory`, and hands on a `gpu` where it has one; `concurrency` holds where our
 * host program serves. What it cannot do is reported in progress and log.
 */
export class DockerRunner implements Runner {
  private handle: DockerHandle | undefined;
  private agent: Agent | undefined;

  constructor(private readonly plan: RunPlan) {}

  static async listResources(home: Pick<BerthHome, 'deployments'>): Promise<ExternalResource[]> {
    const { listResources } = await import('./list-resources.js');
    return await listResources(home);
  }

  async start(options: StartOptions): Promise<Handle> {
    const { plan } = this;
    const [{ startRevision }, { findEngineAddress, openEngine }] = await Promise.all([
      import('./container/start-revision.js'),
      import('../../src/runners/containers/index.js'),
    ]);
    const address = findEngineAddress();
    const engine = await openEngine(address);
    await mkdir(plan.stateDirectory, { recursive: true, mode: 0o700 });
    await mkdir(dirname(plan.logFile), { recursive: true });
    await writeDurably(join(plan.stateDirectory, 'engine.json'), JSON.stringify({ address }));
    const handle = await startRevision({ engine, address, plan, options, report: (line) => this.say(line, options) });
    await this.attach(handle);
    return handle;
  }

  async attach(handle: Handle): Promise<void> {
    this.agent?.destroy();
    this.handle = handle as DockerHandle; // made by `start`, whose keys it has
    const { url, tokenHash } = this.handle;
    const options = { keepAlive: true, maxSockets: 256 };
    this.agent =
      tokenHash === null
        ? new VerifiedAgent(createEngineVerifier(this.handle), { ...options, timeout: idleTimeout })
        : new VerifiedAgent(createHostVerifier(url, tokenHash), options);
  }

  async run(inputs: unknown, options?: CallOptions): Promise<Answer> {
    const called = this.describeCall(options);
    if (called === undefined) return notStarted;
    const { handle, call } = called;
    if (handle.tokenHash === null) return await callJson(describeServerCall({ ...call, inputs }, handle));
    return await this.detectReadOnlyRoot(await callHost({ ...call, inputs }, handle.tokenHash), handle);
  }

  async runText(text: string, options?: CallOptions): Promise<string> {
    const called = this.describeCall(options);
    if (called === undefined) return JSON.stringify(notStarted);
    const { handle, call } = called;
    if (handle.tokenHash === null)
      return await callWithParsedInputs(text, { keepsDigits: true }, (inputs) =>
        callJson({ ...describeServerCall({ ...call, inputs }, handle), readJson: readExactJson }),
      );
    return await this.detectReadOnlyRootInText(await callHostText({ ...call, text }, handle.tokenHash), handle);
  }

  /** A server of the repository's own is followed where it replies bit by bit. */
  async *stream(inputs: unknown, options?: CallOptions): AsyncGenerator<unknown, Answer> {
    const called = this.describeCall(options);
    if (called === undefined) return notStarted;
    const { handle, call } = called;
    if (handle.tokenHash === null) return yield* streamJson(describeServerCall({ ...call, inputs }, handle));
    return await this.detectReadOnlyRoot(yield* streamHost({ ...call, inputs }, handle.tokenHash), handle);
  }

  async *streamText(text: string, options?: CallOptions): AsyncGenerator<string, string> {
    const called = this.describeCall(options);
    if (called === undefined) return JSON.stringify(notStarted);
    const { handle, call } = called;
    if (handle.tokenHash === null)
      return yield* streamWithParsedInputs(text, { keepsDigits: true }, (inputs) =>
        streamJson({ ...describeServerCall({ ...call, inputs }, handle), readJson: readExactJson }),
      );
    return await this.detectReadOnlyRootInText(yield* streamHostText({ ...call, text }, handle.tokenHash), handle);
  }

  async isHealthy(): Promise<Health> {
    const { handle } = this;
    if (handle === undefined) return gone('it was not started');
    if (handle.isReadOnly && (await needsWritableRoot(this.plan, handle.image))) return gone(needsWritableRootDetail);
    const isOurs = handle.tokenHash !== null;
    if (isOurs && (await isServing(handle))) return ready(`${handle.url} answers`);
    for (const until = Date.now() + exitDetectionTime; ; await sleep(50)) {
      const state = await this.inspect(handle);
      if (typeof state === 'string') return gone(state);
      const isUnhealthy = isReportedUnhealthy(state, isOurs);
      if (!isUnhealthy && (await isServing(handle)))
        return ready(`${handle.url} answers, container ${handle.container.slice(0, 12)} runs`);
      if (Date.now() < until) continue;
      const missing = isUnhealthy ? 'its own health check fails' : `did not answer within ${probeTimeout / 1000} s`;
      const detail = `the container runs, but ${missing}`;
      return { isHealthy: false, state: 'unresponsive', detail };
    }
  }

  /** What was kept of earlier containers and of the build, then what the engine has of this one. */
  async *logs(options: LogOptions = {}): AsyncIterable<string> {
    const { tail } = options;
    const container = await this.findLogContainer();
    if (container === undefined) return yield* readLog(this.plan.logFile, options);
    const { readContainerLog } = await import('../../src/runners/containers/index.js');
    if (tail === undefined) yield* readLog(this.plan.logFile);
    else if (tail > 0) {
      let printed = 0;
      for await (const _ of readContainerLog(container, { tail })) printed += 1;
      if (printed < tail) yield* readLog(this.plan.logFile, { tail: tail - printed });
    }
    yield* readContainerLog(container, options);
  }

  async stop(): Promise<void> {
    await this.withEngine(async (engine) => {
      const { findContainer, removeContainer } = await import('./container/revision-container.js');
      const found = await findContainer(engine, this.plan);
      if (found !== undefined) await removeContainer(found.container, this.plan);
    });
    await this.close();
  }

  async undo(): Promise<void> {
    await this.withEngine(async (engine) => {
      const { findContainer, removeContainer, removeImages } = await import('./container/revision-container.js');
      const found = await findContainer(engine, this.plan);
      if (found !== undefined) await removeContainer(found.container, this.plan);
      await removeImages(engine, this.plan);
    });
    await this.close();
  }

  async close(): Promise<void> {
    this.agent?.destroy();
  }

  private describeCall({ timeout = this.plan.timeout, signal }: CallOptions = {}) {
    const { handle, agent } = this;
    if (handle === undefined || agent === undefined) return undefined;
    return { handle, call: { url: handle.url, agent, timeout, signal } };
  }

  /** Software that fails for want of a writable root gets one at its next start, to which `isHealthy` leads. */
  private async detectReadOnlyRoot(answer: Answer, { image, isReadOnly }: DockerHandle): Promise<Answer> {
    if (answer.status === 'success' || !isReadOnly) return answer;
    const { message, traceback = '' } = answer.error;
    if (!isReadOnlyRootFailure(`${message}\n${traceback}`)) return answer;
    if (await needsWritableRoot(this.plan, image)) return answer; // said already
    await recordWritableRoot(this.plan, image);
    await this.say('a call failed for want of a writable file system: the next start makes it writable');
    return answer;
  }

  private async detectReadOnlyRootInText(answer: string, handle: DockerHandle): Promise<string> {
    if (handle.isReadOnly && parseAnswerError(answer) !== undefined)
      await this.detectReadOnlyRoot(readJson(answer) as Answer, handle);
    return answer;
  }

  /** The container's state as the engine sees it, or why there is none to speak of. */
  private async inspect({
    container,
    engine: address,
  }: DockerHandle): Promise<Docker.ContainerInspectInfo['State'] | string> {
    const [{ openEngine, ignoreMissing }, { describeExit }] = await Promise.all([
      import('../../src/runners/containers/index.js'),
      import('./container/explain-exit.js'),
    ]);
    const engine = await openEngine(address);
    const details = await ignoreMissing(engine.getContainer(container).inspect());
    if (details === undefined) return `the container ${container.slice(0, 12)} does not exist any more`;
    return details.State.Running ? details.State : `the container ${describeExit(details.State)}`;
  }

  /** The engine that `start` noted; where it noted none, what the usual one has of this revision, if it is there at all. */
  private async withEngine(use: (engine: Docker) => Promise<void>): Promise<void> {
    const { findEngineAddress, openEngine } = await import('../../src/runners/containers/index.js');
    const address = await readEngineAddress(this.plan);
    if (address !== undefined) return await use(await openEngine(address));
    const engine = await openEngine(findEngineAddress()).catch(() => undefined);
    if (engine !== undefined) await use(engine);
  }

  /** The one that the handle names; without a handle, or where that one is gone, what the engine has of this revision. */
  private async findLogContainer(): Promise<Docker.Container | undefined> {
    const address = await readEngineAddress(this.plan);
    if (address === undefined) return undefined;
    const [{ openEngine, ignoreMissing }, { findContainer }] = await Promise.all([
      import('../../src/runners/containers/index.js'),
      import('./container/revision-container.js'),
    ]);
    const engine = await openEngine(address);
    const named = this.handle && engine.getContainer(this.handle.container);
    if (named !== undefined && (await ignoreMissing(named.inspect())) !== undefined) return named;
    return (await findContainer(engine, this.plan))?.container;
  }

  private async say(line: string, { onProgress }: Pick<StartOptions, 'onProgress'> = {}): Promise<void> {
    onProgress?.(line);
    await appendFile(this.plan.logFile, `berth: ${line}\n`, { mode: 0o600 });
  }
}

const describeServerCall = ({ url, signal, ...call }: HostValueCall, { predictPath }: DockerHandle): JsonCall => ({
  ...call,
  url: url + predictPath,
  ...(signal && { signal }),
});

const notStarted = createErrorAnswer('NOT_RUNNING', 'the software was neither started nor attached to');
const gone = (detail: string): Health => ({ isHealthy: false, state: 'gone', detail });
const needsWritableRootDetail =
  'the software writes beside its code, and the container’s file system is read-only: a start makes it writable';
const ready = (detail: string): Health => ({ isHealthy: true, state: 'ready', detail });

/** Written before anything is asked of the engine, so that an undo asks the same one. */
async function readEngineAddress({ stateDirectory }: RunPlan): Promise<string | undefined> {
  const text = await readFile(join(stateDirectory, 'engine.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { address: string }).address; // our own file
}
