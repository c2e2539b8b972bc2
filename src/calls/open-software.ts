import type { Answer, AnswerPart } from '../contract/answer.js';
import { BerthError } from '../errors.js';
import { type BerthHome, berthHome } from '../home/home.js';
import { encodeChunk, getAnswerError, parseAnswerError } from '../runners/answer-text.js';
import { callText, streamText } from '../runners/call-text.js';
import { callValues, streamValues } from '../runners/call-values.js';
import { loadRunnerClass } from '../runners/load-runner.js';
import type { CallOptions, Health, LogOptions, Runner } from '../runners/runner.js';
import { isStillActive, readActiveRevision } from './active-revision.js';
import { AttachedRevision, type CallOperation, type StreamOperation } from './attached-revision.js';
import { CallCounter } from './call-counter.js';
import { CallRetry } from './call-retry.js';

export interface BatchOptions extends CallOptions {
  /** Number of concurrent calls; 8 when absent. */
  concurrency?: number;
}

/** Running software, attached through its handle. The call path loads neither Temporal nor the schemas. */
export interface OpenSoftware {
  run(inputs: unknown, options?: CallOptions): Promise<Answer>;
  /** Streams a call: chunks as they arrive, then the answer. Leaving the stream early cancels the call. */
  stream(inputs: unknown, options?: CallOptions): AsyncIterable<AnswerPart>;
  /** Runs a call with JSON text and returns JSON text, which keeps all digits of numbers. */
  runText(inputs: string, options?: CallOptions): Promise<string>;
  /** Streams a call with JSON text. Yields each part as JSON text; the last one is the answer. */
  streamText(inputs: string, options?: CallOptions): AsyncIterable<string>;
  /** Calls the software once per input. Returns the answers in the order of the inputs. */
  runBatch(inputs: readonly unknown[], options?: BatchOptions): Promise<Answer[]>;
  isHealthy(): Promise<Health>;
  logs(options?: LogOptions): AsyncIterable<string>;
  close(): Promise<void>;
}

/**
 * Attaches to the active revision of a deployment on this machine. Each call goes to the revision that is active when
 * the call begins, so the next call sees a redeploy, a rollback, a restart or a stop.
 *
 * @throws NAME_UNKNOWN, NOT_RUNNING when there is no such deployment, or it has no running revision.
 */
export async function openSoftware(name: string, home: BerthHome = berthHome()): Promise<OpenSoftware> {
  const software = new ActiveSoftware(name, home);
  await software.getActiveRevision();
  return software;
}

/** Converts each item of a stream to a chunk. Not a `for await`, which would drop the answer, the return value. */
async function* mapChunks<Item, Part, Answered>(
  stream: AsyncGenerator<Item, Answered>,
  toPart: (item: Item) => Part,
): AsyncGenerator<Part, Answered> {
  try {
    for (;;) {
      const next = await stream.next();
      if (next.done) return next.value;
      yield toPart(next.value);
    }
  } finally {
    await stream.return(undefined as never); // after its end or an early exit, no answer is needed
  }
}

const toChunk = (output: unknown): AnswerPart => ({ status: 'chunk', output });

class ActiveSoftware implements OpenSoftware {
  private attached: Promise<AttachedRevision> | undefined;

  constructor(
    private readonly name: string,
    private readonly home: BerthHome,
  ) {}

  async run(inputs: unknown, options?: CallOptions): Promise<Answer> {
    try {
      const call = (runner: Runner, options?: CallOptions) => callValues(runner, inputs, options);
      return await this.callActive({ call, errorOf: getAnswerError }, options);
    } catch (error) {
      return toErrorAnswer(error);
    }
  }

  async runText(inputs: string, options?: CallOptions): Promise<string> {
    try {
      const call = (runner: Runner, options?: CallOptions) => callText(runner, inputs, options);
      return await this.callActive({ call, errorOf: parseAnswerError }, options);
    } catch (error) {
      return JSON.stringify(toErrorAnswer(error));
    }
  }

  async *stream(inputs: unknown, options?: CallOptions): AsyncGenerator<AnswerPart> {
    try {
      const open = (runner: Runner, options?: CallOptions) => mapChunks(streamValues(runner, inputs, options), toChunk);
      yield* this.streamActive<AnswerPart, Answer>({ open, errorOf: getAnswerError }, options);
    } catch (error) {
      yield toErrorAnswer(error);
    }
  }

  async *streamText(inputs: string, options?: CallOptions): AsyncGenerator<string> {
    try {
      const open = (runner: Runner, options?: CallOptions) =>
        mapChunks(streamText(runner, inputs, options), encodeChunk);
      yield* this.streamActive<string, string>({ open, errorOf: parseAnswerError }, options);
    } catch (error) {
      yield JSON.stringify(toErrorAnswer(error));
    }
  }

  private async callActive<Answered>(
    call: CallOperation<Answered>,
    options: CallOptions | undefined,
  ): Promise<Answered> {
    const retry = new CallRetry(options);
    for (;;) {
      const attached = await (this.attached ?? this.getActiveRevision());
      const answer = await attached.tryRun(this.home, call, retry);
      if (answer !== undefined) {
        const error = call.errorOf(answer);
        if (!retry.shouldRetry(error) || !(await retry.waitForNextAttempt(attached.plan))) return answer;
      }
      await this.getActiveRevision();
    }
  }

  /** Streams from the active revision. The last part is the answer. */
  private async *streamActive<Chunk, Answered>(
    call: StreamOperation<Chunk, Answered>,
    options: CallOptions | undefined,
  ): AsyncGenerator<Chunk | Answered> {
    const retry = new CallRetry(options);
    for (;;) {
      const attached = await (this.attached ?? this.getActiveRevision());
      const parts = attached.tryStream(this.home, call, retry);
      if (parts !== undefined) {
        const answer = yield* parts;
        const error = call.errorOf(answer);
        if (!retry.shouldRetry(error) || !(await retry.waitForNextAttempt(attached.plan))) return yield answer;
      }
      await this.getActiveRevision();
    }
  }

  async runBatch(inputs: readonly unknown[], options: BatchOptions = {}): Promise<Answer[]> {
    const { concurrency = 8, ...call } = options;
    const answers: Answer[] = new Array(inputs.length);
    const pending = inputs.entries();
    const processPending = async () => {
      for (const [index, input] of pending) answers[index] = await this.run(input, call);
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, inputs.length) }, processPending));
    return answers;
  }

  async isHealthy(): Promise<Health> {
    return await (await this.getActiveRevision()).runner.isHealthy();
  }

  async *logs(options?: LogOptions): AsyncGenerator<string> {
    yield* (await this.getActiveRevision()).runner.logs(options);
  }

  async close(): Promise<void> {
    const attached = await this.attached?.catch(() => undefined);
    this.attached = undefined;
    await attached?.close();
  }

  /** Returns the active revision. Attaches again if another one has become active. */
  async getActiveRevision(): Promise<AttachedRevision> {
    const previous = this.attached;
    const attached = await previous?.catch(() => undefined);
    if (attached !== undefined && isStillActive(this.home, attached.active)) return attached;
    if (this.attached !== previous && this.attached !== undefined) return await this.attached;
    this.attached = attachActiveRevision(this.name, this.home);
    void attached?.replace();
    return await this.attached;
  }
}

/** Converts an error of Berth to an answer. Throws any other error. */
function toErrorAnswer(error: unknown): Answer {
  if (!(error instanceof BerthError)) throw error;
  return { status: 'error', error: { code: error.code, message: error.message } };
}

async function attachActiveRevision(name: string, home: BerthHome): Promise<AttachedRevision> {
  const active = await readActiveRevision(home, name);
  if (active === undefined) throw new BerthError('NOT_RUNNING', `${name} has no running revision`, { name });
  if (active.isStopped)
    throw new BerthError('NOT_RUNNING', `${name} is stopped; start it: berth start ${name}`, { name });
  const { plan } = active.handle;
  const Runner = await loadRunnerClass(active.runner);
  const runner = new Runner(plan);
  await runner.attach(active.handle);
  return new AttachedRevision(runner, active, CallCounter.open(plan.stateDirectory));
}
