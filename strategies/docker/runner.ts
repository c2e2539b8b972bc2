import { mkdir } from 'node:fs/promises';
import type { Agent } from 'node:http';
import type { Answer } from '../../src/contract/answer.js';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import type { BerthHome } from '../../src/home/home.js';
import { readExactJson, readJson } from '../../src/json/read-json.js';
import { parseAnswerError } from '../../src/runners/answer-text.js';
import { callWithParsedInputs, streamWithParsedInputs } from '../../src/runners/call-text.js';
import { neverStarted } from '../../src/runners/health.js';
import { callJson, type JsonCall, streamJson } from '../../src/runners/http/json-call.js';
import { notStarted } from '../../src/runners/not-started.js';
import { reportLine } from '../../src/runners/report-line.js';
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
import { checkHealth } from './container/check-health.js';
import { engineRecord, withEngine } from './container/revision-engine.js';
import { isReadOnlyRootFailure, needsWritableRoot, recordWritableRoot } from './container/writable-root.js';
import type { DockerHandle } from './docker-handle.js';

/**
 * Milliseconds after which an idle connection to the image's own server is not reused: the server may be about to close
 * it.
 */
const idleTimeout = 1_000;

/**
 * Runs a revision in a container of this machine's engine. Calls go over HTTP to a port on loopback, or at the exposed
 * address.
 *
 * Of the resources, the engine bounds `cpu` and `memory`, and passes a `gpu` on when it has one. `concurrency` applies
 * when Berth's host program serves. Progress and log name what the engine cannot apply.
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
    await engineRecord.write(plan, { address });
    const report = (line: string) => reportLine(plan, line, options.onProgress);
    const handle = await startRevision({ engine, address, plan, options, report });
    await this.attach(handle);
    return handle;
  }

  async attach(handle: Handle): Promise<void> {
    this.agent?.destroy();
    this.handle = handle as DockerHandle; // written by `start`
    const { url, tokenHash } = this.handle;
    const options = { keepAlive: true, maxSockets: 256 };
    this.agent =
      tokenHash === null
        ? new VerifiedAgent(createEngineVerifier(this.handle), { ...options, timeout: idleTimeout })
        : new VerifiedAgent(createHostVerifier(url, tokenHash), options);
  }

  async run(inputs: unknown, options?: CallOptions): Promise<Answer> {
    const described = this.describeCall(options);
    if (described === undefined) return notStarted;
    const { handle, call } = described;
    if (handle.tokenHash === null) return await callJson(describeServerCall({ ...call, inputs }, handle));
    return await this.detectReadOnlyRoot(await callHost({ ...call, inputs }, handle.tokenHash), handle);
  }

  async runText(text: string, options?: CallOptions): Promise<string> {
    const described = this.describeCall(options);
    if (described === undefined) return JSON.stringify(notStarted);
    const { handle, call } = described;
    if (handle.tokenHash === null)
      return await callWithParsedInputs(text, { keepsDigits: true }, (inputs) =>
        callJson({ ...describeServerCall({ ...call, inputs }, handle), readJson: readExactJson }),
      );
    return await this.detectReadOnlyRootInText(await callHostText({ ...call, text }, handle.tokenHash), handle);
  }

  /** Streams from the image's own server when it replies in chunks. */
  async *stream(inputs: unknown, options?: CallOptions): AsyncGenerator<unknown, Answer> {
    const described = this.describeCall(options);
    if (described === undefined) return notStarted;
    const { handle, call } = described;
    if (handle.tokenHash === null) return yield* streamJson(describeServerCall({ ...call, inputs }, handle));
    return await this.detectReadOnlyRoot(yield* streamHost({ ...call, inputs }, handle.tokenHash), handle);
  }

  async *streamText(text: string, options?: CallOptions): AsyncGenerator<string, string> {
    const described = this.describeCall(options);
    if (described === undefined) return JSON.stringify(notStarted);
    const { handle, call } = described;
    if (handle.tokenHash === null)
      return yield* streamWithParsedInputs(text, { keepsDigits: true }, (inputs) =>
        streamJson({ ...describeServerCall({ ...call, inputs }, handle), readJson: readExactJson }),
      );
    return await this.detectReadOnlyRootInText(yield* streamHostText({ ...call, text }, handle.tokenHash), handle);
  }

  async isHealthy(): Promise<Health> {
    return this.handle === undefined ? neverStarted : await checkHealth(this.plan, this.handle);
  }

  async *logs(options: LogOptions = {}): AsyncIterable<string> {
    const { readLogs } = await import('./container/read-logs.js');
    yield* readLogs(this.plan, this.handle, options);
  }

  async stop(): Promise<void> {
    await withEngine(this.plan, async (engine) => {
      const { findContainer, removeContainer } = await import('./container/revision-container.js');
      const found = await findContainer(engine, this.plan);
      if (found !== undefined) await removeContainer(found.container, this.plan);
    });
    await this.close();
  }

  async undo(): Promise<void> {
    await withEngine(this.plan, async (engine) => {
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

  /** Gives software that needs a writable root one at its next start, which `isHealthy` triggers. */
  private async detectReadOnlyRoot(answer: Answer, { image, isReadOnly }: DockerHandle): Promise<Answer> {
    if (answer.status === 'success' || !isReadOnly) return answer;
    const { message, traceback = '' } = answer.error;
    if (!isReadOnlyRootFailure(`${message}\n${traceback}`)) return answer;
    if (await needsWritableRoot(this.plan, image)) return answer; // reported already
    await recordWritableRoot(this.plan, image);
    await reportLine(this.plan, 'a call failed because the file system is read-only: the next start makes it writable');
    return answer;
  }

  private async detectReadOnlyRootInText(answer: string, handle: DockerHandle): Promise<string> {
    if (handle.isReadOnly && parseAnswerError(answer) !== undefined)
      await this.detectReadOnlyRoot(readJson(answer) as Answer, handle);
    return answer;
  }
}

const describeServerCall = ({ url, signal, ...call }: HostValueCall, { predictPath }: DockerHandle): JsonCall => ({
  ...call,
  url: url + predictPath,
  ...(signal && { signal }),
});
