import { randomBytes } from 'node:crypto';
import type { Agent } from 'node:http';
import type { Answer } from '../../src/contract/answer.js';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import type { BerthHome } from '../../src/home/home.js';
import { type ReadJson, readExactJson } from '../../src/json/read-json.js';
import { toPlainInputs } from '../../src/json/write-inputs.js';
import { answerInvalidInputs } from '../../src/runners/answer-invalid-inputs.js';
import { createErrorAnswer, streamWithCancelSource, withCancelSource } from '../../src/runners/call-deadline.js';
import { callWithParsedInputs, streamWithParsedInputs } from '../../src/runners/call-text.js';
import type { CancelSource } from '../../src/runners/cancel-source.js';
import { neverStarted } from '../../src/runners/health.js';
import { callHttp, createKeepAliveAgent, type HttpCall, type HttpReply } from '../../src/runners/http/http-call.js';
import { streamHttp } from '../../src/runners/http/http-stream.js';
import { notStarted } from '../../src/runners/not-started.js';
import type {
  CallOptions,
  ExternalResource,
  Health,
  LogOptions,
  Runner,
  StartOptions,
} from '../../src/runners/runner.js';
import { callTask } from './calls/call-task.js';
import { readAnswer } from './calls/read-answer.js';
import { chooseEncoding, type Encode, InvalidInputError, type RequestBody } from './calls/request-body.js';
import { streamReplyText } from './calls/stream-reply-text.js';
import type { BentoHandle, CallTarget, ServingBackend } from './serving-backend.js';

/** Milliseconds after which an idle connection is closed, before the server closes it. */
const idleTimeout = 4_000;

const callerId = randomBytes(8).toString('hex');
let callCount = 0;

/**
 * Runs a Bento service, called over HTTP. Serves it on this machine, or in BentoCloud when that is the plan's provider.
 */
export class BentoMLRunner implements Runner {
  private handle: BentoHandle | undefined;
  private encode: Encode | undefined;
  private agent: Agent | undefined;
  private openingBackend: Promise<ServingBackend> | undefined;
  /** The opened backend: a fast call need not wait for a promise. */
  private backend: ServingBackend | undefined;

  constructor(private readonly plan: RunPlan) {}

  /** Lists resources in BentoCloud. On this machine there are only processes and files. */
  static async listResources(home: Pick<BerthHome, 'deployments' | 'clouds'>): Promise<ExternalResource[]> {
    const { listResources } = await import('./cloud/list-resources.js');
    return await listResources(home);
  }

  async start(options: StartOptions): Promise<Handle> {
    const served = await (await this.getBackend()).start(options);
    const handle: BentoHandle = { plan: this.plan, startedAt: new Date().toISOString(), ...served };
    await this.attach(handle);
    return handle;
  }

  async attach(handle: Handle): Promise<void> {
    this.handle = handle as BentoHandle; // written by `start`
    this.encode = undefined;
  }

  run(inputs: unknown, options: CallOptions = {}): Promise<Answer> {
    return this.callApi(inputs, options);
  }

  runText(text: string, options: CallOptions = {}): Promise<string> {
    return callWithParsedInputs(text, { keepsDigits: true }, (inputs) => this.callApi(inputs, options, readExactJson));
  }

  stream(inputs: unknown, options: CallOptions = {}): AsyncGenerator<unknown, Answer> {
    return this.streamApi(inputs, options);
  }

  streamText(text: string, options: CallOptions = {}): AsyncGenerator<string, string> {
    return streamWithParsedInputs(text, { keepsDigits: true }, (inputs) =>
      this.streamApi(inputs, options, readExactJson),
    );
  }

  private async callApi(inputs: unknown, options: CallOptions, read?: ReadJson): Promise<Answer> {
    const { handle, plan } = this;
    if (handle === undefined) return notStarted;
    const backend = this.backend ?? (await this.getBackend());
    const callTarget = backend.findCallTarget(handle);
    if ('status' in callTarget) return callTarget;
    const { api } = handle;
    return await withCancelSource({ timeout: plan.timeout, ...options }, (ending) =>
      this.sendCall({ backend, callTarget, api, read }, inputs, ending),
    );
  }

  /** Yields the text of a streaming API as it arrives. The network decides where chunks end. */
  private async *streamApi(inputs: unknown, options: CallOptions, read?: ReadJson): AsyncGenerator<unknown, Answer> {
    const { handle, plan } = this;
    if (handle === undefined || !handle.api.isStream) return await this.callApi(inputs, options, read);
    const backend = await this.getBackend();
    const callTarget = backend.findCallTarget(handle);
    if ('status' in callTarget) return callTarget;
    const { api } = handle;
    return yield* streamWithCancelSource({ timeout: plan.timeout, ...options }, (ending) =>
      this.sendStreamCall({ backend, callTarget, api, read }, inputs, ending),
    );
  }

  async isHealthy(): Promise<Health> {
    return this.handle === undefined ? neverStarted : await (await this.getBackend()).isHealthy(this.handle);
  }

  async *logs(options?: LogOptions): AsyncIterable<string> {
    yield* (await this.getBackend()).logs(options);
  }

  async archive(options: StartOptions): Promise<void> {
    if (this.handle !== undefined) await (await this.getBackend()).archive?.(this.handle, options);
  }

  async stop(): Promise<void> {
    await (await this.getBackend()).stop();
    await this.close();
  }

  async undo(): Promise<void> {
    await (await this.getBackend()).undo();
    await this.close();
  }

  async close(): Promise<void> {
    this.agent?.destroy();
    this.agent = undefined;
  }

  /** Loads only the modules of the backend in use. */
  private async getBackend(): Promise<ServingBackend> {
    this.openingBackend ??= openBackend(this.plan);
    this.backend = await this.openingBackend;
    return this.backend;
  }

  private async sendCall(target: CallContext, inputs: unknown, ending: CancelSource): Promise<Answer> {
    try {
      const trace = createTraceId();
      const described = this.describeCall(target, inputs, trace);
      const call = described instanceof Promise ? await described : described;
      const reply = await (target.api.isTask
        ? callTask({ ...call, signal: ending.signal })
        : callHttp({ ...call, cancelSource: ending }));
      const answer = readReply(target, reply, trace);
      return answer instanceof Promise ? await answer : answer;
    } catch (error) {
      return answerInvalidInput(error);
    }
  }

  private async *sendStreamCall(
    target: CallContext,
    inputs: unknown,
    ending: CancelSource,
  ): AsyncGenerator<unknown, Answer> {
    try {
      const trace = createTraceId();
      const call = await this.describeCall(target, inputs, trace);
      const reply = yield* streamReplyText(await streamHttp({ ...call, cancelSource: ending }));
      if (ending.isCanceled) throw ending.reason;
      return await readReply(target, reply, trace);
    } catch (error) {
      return answerInvalidInput(error);
    }
  }

  /**
   * Describes a call; synchronously when the connection is open and no input is a file.
   *
   * @throws InvalidInputError when the inputs do not fit the API.
   */
  private describeCall({ callTarget, api }: CallContext, inputs: unknown, trace: string): HttpCall | Promise<HttpCall> {
    this.encode ??= chooseEncoding(api);
    const { agent, encode } = this;
    const plain = toPlainInputs(inputs);
    const body = plain instanceof Promise ? plain.then(encode) : encode(plain);
    const describe = (request: RequestBody, keepAliveAgent: Agent): HttpCall => ({
      method: 'POST',
      url: callTarget.url + api.route,
      headers: {
        ...callTarget.headers,
        'content-type': request.contentType,
        traceparent: `00-${trace}-${trace.slice(16)}-01`,
      },
      body: request.body,
      agent: keepAliveAgent,
    });
    return agent === undefined || body instanceof Promise
      ? Promise.all([body, this.connect(callTarget)]).then(([request, opened]) => describe(request, opened))
      : describe(body, agent);
  }

  private async connect({ url }: CallTarget): Promise<Agent> {
    this.agent ??= await createKeepAliveAgent(url, idleTimeout);
    return this.agent;
  }
}

interface CallContext {
  backend: ServingBackend;
  callTarget: CallTarget;
  api: BentoHandle['api'];
  /** Reads the JSON of a reply; see `readAnswer`. */
  read: ReadJson | undefined;
}

function readReply(
  { backend, callTarget, api, read }: CallContext,
  reply: HttpReply,
  trace: string,
): Answer | Promise<Answer> {
  const findFailure = (hasFailed: boolean) => callTarget.findFailure(trace, hasFailed);
  return backend.checkReply(reply) ?? readAnswer(reply, api, { findFailure, read });
}

function answerInvalidInput(error: unknown): Answer {
  return error instanceof InvalidInputError
    ? createErrorAnswer('CALL_INPUT', error.message)
    : answerInvalidInputs(error);
}

/** Creates the ID by which BentoML's log names the call: a random part for this process, and the call's number. */
function createTraceId(): string {
  callCount += 1;
  return callerId + callCount.toString(16).padStart(16, '0');
}

async function openBackend(plan: RunPlan): Promise<ServingBackend> {
  if (plan.provider === 'bentocloud') return new (await import('./cloud/cloud-backend.js')).CloudBackend(plan);
  return new (await import('./server/local-backend.js')).LocalBackend(plan);
}
