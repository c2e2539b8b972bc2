import { randomBytes } from 'node:crypto';
import type { Agent } from 'node:http';
import type { Answer } from '../../src/contract/answer.js';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import type { BerthHome } from '../../src/home.js';
import { type ReadJson, readDigits } from '../../src/json/read-json.js';
import { plainInputs } from '../../src/json/write-inputs.js';
import { callFailure, streamWithEnding, withEnding } from '../../src/runners/call-deadline.js';
import { callByValues, streamByValues } from '../../src/runners/call-text.js';
import type { Ending } from '../../src/runners/ending.js';
import { callHttp, type HttpCall, type HttpReply, keepConnections } from '../../src/runners/http-call.js';
import { streamHttp } from '../../src/runners/http-stream.js';
import type { CallOptions, Health, LogOptions, MadeThing, Runner, StartOptions } from '../../src/runners/runner.js';
import { answerUnfit } from '../../src/runners/unfit-answer.js';
import { callTask } from './call-task.js';
import { handOnText } from './hand-on-text.js';
import { type BentoHandle, gone, type Place, type Way } from './place.js';
import { readAnswer } from './read-answer.js';
import { chooseEncoding, type Encode, type RequestBody, WrongInput } from './request-body.js';

/** Milliseconds after which an idle connection is let go: before the server does so itself. */
const idleTime = 4_000;

const caller = randomBytes(8).toString('hex');
let calls = 0;

/**
 * Runs a Bento service, called over HTTP: served on this machine, or in BentoCloud where the plan's provider is that.
 */
export class BentoMLRunner implements Runner {
  private handle: BentoHandle | undefined;
  private encode: Encode | undefined;
  private agent: Agent | undefined;
  private opened: Promise<Place> | undefined;
  /** The same, once it is there: a fast call is not kept waiting for a promise. */
  private place: Place | undefined;

  constructor(private readonly plan: RunPlan) {}

  /** What is in BentoCloud; on this machine all are processes and files. */
  static async listMade(home: Pick<BerthHome, 'deployments' | 'clouds'>): Promise<MadeThing[]> {
    const { listMade } = await import('./cloud/list-made.js');
    return await listMade(home);
  }

  async start(options: StartOptions): Promise<Handle> {
    const served = await (await this.open()).start(options);
    const handle: BentoHandle = { plan: this.plan, startedAt: new Date().toISOString(), ...served };
    await this.attach(handle);
    return handle;
  }

  async attach(handle: Handle): Promise<void> {
    this.handle = handle as BentoHandle; // made by `start`, whose keys it has
    this.encode = undefined;
  }

  run(inputs: unknown, options: CallOptions = {}): Promise<Answer> {
    return this.answer(inputs, options);
  }

  runText(text: string, options: CallOptions = {}): Promise<string> {
    return callByValues(text, { keepsDigits: true }, (inputs) => this.answer(inputs, options, readDigits));
  }

  stream(inputs: unknown, options: CallOptions = {}): AsyncGenerator<unknown, Answer> {
    return this.follow(inputs, options);
  }

  streamText(text: string, options: CallOptions = {}): AsyncGenerator<string, string> {
    return streamByValues(text, { keepsDigits: true }, (inputs) => this.follow(inputs, options, readDigits));
  }

  private async answer(inputs: unknown, options: CallOptions, read?: ReadJson): Promise<Answer> {
    const { handle, plan } = this;
    if (handle === undefined) return callFailure('NOT_RUNNING', 'the software was neither started nor attached to');
    const place = this.place ?? (await this.open());
    const way = place.findWay(handle);
    if ('status' in way) return way;
    const { api } = handle;
    return await withEnding({ timeout: plan.timeout, ...options }, (ending) =>
      this.call({ place, way, api, read }, inputs, ending),
    );
  }

  /** An API that streams text gives it as it comes; how the pieces are cut is the network's affair. */
  private async *follow(inputs: unknown, options: CallOptions, read?: ReadJson): AsyncGenerator<unknown, Answer> {
    const { handle, plan } = this;
    if (handle === undefined || !handle.api.isStream) return await this.answer(inputs, options, read);
    const place = await this.open();
    const way = place.findWay(handle);
    if ('status' in way) return way;
    const { api } = handle;
    return yield* streamWithEnding({ timeout: plan.timeout, ...options }, (ending) =>
      this.callForChunks({ place, way, api, read }, inputs, ending),
    );
  }

  async isHealthy(): Promise<Health> {
    return this.handle === undefined ? gone('it was not started') : await (await this.open()).isHealthy(this.handle);
  }

  async *logs(options?: LogOptions): AsyncIterable<string> {
    yield* (await this.open()).logs(options);
  }

  async keep(options: StartOptions): Promise<void> {
    if (this.handle !== undefined) await (await this.open()).keep?.(this.handle, options);
  }

  async stop(): Promise<void> {
    await (await this.open()).stop();
    await this.close();
  }

  async undo(): Promise<void> {
    await (await this.open()).undo();
    await this.close();
  }

  async close(): Promise<void> {
    this.agent?.destroy();
    this.agent = undefined;
  }

  /** What the one place needs is not loaded for the other. */
  private async open(): Promise<Place> {
    this.opened ??= openPlace(this.plan);
    this.place = await this.opened;
    return this.place;
  }

  private async call(target: Target, inputs: unknown, ending: Ending): Promise<Answer> {
    try {
      const trace = nextTrace();
      const described = this.describeCall(target, inputs, trace);
      const call = described instanceof Promise ? await described : described;
      const reply = await (target.api.isTask
        ? callTask({ ...call, signal: ending.signal })
        : callHttp({ ...call, ending }));
      const answer = readReply(target, reply, trace);
      return answer instanceof Promise ? await answer : answer;
    } catch (error) {
      return answerWrongInput(error);
    }
  }

  private async *callForChunks(target: Target, inputs: unknown, ending: Ending): AsyncGenerator<unknown, Answer> {
    try {
      const trace = nextTrace();
      const call = await this.describeCall(target, inputs, trace);
      const reply = yield* handOnText(await streamHttp({ ...call, ending }));
      if (ending.isOver) throw ending.reason;
      return await readReply(target, reply, trace);
    } catch (error) {
      return answerWrongInput(error);
    }
  }

  /** At once where the way is known and the inputs are no files. Throws, or rejects with, WrongInput or UnfitInputs. */
  private describeCall({ way, api }: Target, inputs: unknown, trace: string): HttpCall | Promise<HttpCall> {
    this.encode ??= chooseEncoding(api);
    const { agent, encode } = this;
    const plain = plainInputs(inputs);
    const body = plain instanceof Promise ? plain.then(encode) : encode(plain);
    const describe = (request: RequestBody, kept: Agent): HttpCall => ({
      method: 'POST',
      url: way.url + api.route,
      headers: {
        ...way.headers,
        'content-type': request.contentType,
        traceparent: `00-${trace}-${trace.slice(16)}-01`,
      },
      body: request.body,
      agent: kept,
    });
    return agent === undefined || body instanceof Promise
      ? Promise.all([body, this.connect(way)]).then(([request, kept]) => describe(request, kept))
      : describe(body, agent);
  }

  private async connect({ url }: Way): Promise<Agent> {
    this.agent ??= await keepConnections(url, idleTime);
    return this.agent;
  }
}

interface Target {
  place: Place;
  way: Way;
  api: BentoHandle['api'];
  /** Reads the JSON of a reply; see `readAnswer`. */
  read: ReadJson | undefined;
}

function readReply({ place, way, api, read }: Target, reply: HttpReply, trace: string): Answer | Promise<Answer> {
  const findFailure = (hasFailed: boolean) => way.findFailure(trace, hasFailed);
  return place.judgeReply(reply) ?? readAnswer(reply, api, { findFailure, read });
}

function answerWrongInput(error: unknown): Answer {
  return error instanceof WrongInput ? callFailure('CALL_INPUT', error.message) : answerUnfit(error);
}

/** Names the call to BentoML, whose log names it by that: a part drawn for this process, and the call's number. */
function nextTrace(): string {
  calls += 1;
  return caller + calls.toString(16).padStart(16, '0');
}

async function openPlace(plan: RunPlan): Promise<Place> {
  if (plan.provider === 'bentocloud') return new (await import('./cloud/cloud-place.js')).CloudPlace(plan);
  return new (await import('./local-place.js')).LocalPlace(plan);
}
