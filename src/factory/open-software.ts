import type { Answer, AnswerPart } from '../contract/answer.js';
import { BerthError } from '../errors.js';
import { type BerthHome, berthHome } from '../home.js';
import { type ActiveRevision, isStillActive, readActiveRevision } from '../runners/active-revision.js';
import { CallCounter, lateness } from '../runners/call-tally.js';
import { loadRunnerClass } from '../runners/load-runner.js';
import type { CallOptions, Health, LogOptions, Runner } from '../runners/runner.js';
import { streamCall } from '../runners/stream-call.js';

export interface BatchOptions extends CallOptions {
  /** Calls under way at once; 8 when absent. */
  concurrency?: number;
}

/** Software that runs, attached from its handle alone: the call path, without Temporal and without the schemas. */
export interface OpenSoftware {
  run(inputs: unknown, options?: CallOptions): Promise<Answer>;
  /** The same call bit by bit: chunks as they come, then the answer. Who leaves it early cancels the call. */
  stream(inputs: unknown, options?: CallOptions): AsyncIterable<AnswerPart>;
  /** Answers in the order of the inputs. */
  runBatch(inputs: readonly unknown[], options?: BatchOptions): Promise<Answer[]>;
  isHealthy(): Promise<Health>;
  logs(options?: LogOptions): AsyncIterable<string>;
  close(): Promise<void>;
}

/**
 * Attaches to the active revision of a deployment on this machine. Each call goes to the revision that is active when it
 * begins: a redeploy, a rollback, a restart and a stop are seen by the next call.
 *
 * @throws BerthError NAME_UNKNOWN when there is no such deployment, NOT_RUNNING when it has no revision that runs.
 */
export async function openSoftware(name: string, home: BerthHome = berthHome()): Promise<OpenSoftware> {
  const software = new ActiveSoftware(name, home);
  await software.current();
  return software;
}

/** A revision as its callers in this process share it: let go of when it was replaced and its last call is over. */
class Attached {
  private calls = 0;
  private isReplaced = false;
  private lookedAt = 0;

  constructor(
    readonly runner: Runner,
    readonly active: ActiveRevision,
    readonly counter: CallCounter,
  ) {}

  /** Undefined when another revision is active by now. */
  async tryRun(home: BerthHome, inputs: unknown, options?: CallOptions): Promise<Answer | undefined> {
    if (!this.begin(home)) return undefined;
    let error: string | undefined = 'CALL_LOST';
    try {
      const answer = await this.runner.run(inputs, options);
      error = errorOf(answer);
      return answer;
    } finally {
      const closing = this.end(error);
      if (closing !== undefined) await closing;
    }
  }

  /** Undefined when another revision is active by now. */
  tryStream(home: BerthHome, inputs: unknown, options?: CallOptions): AsyncGenerator<AnswerPart> | undefined {
    return this.begin(home) ? this.stream(inputs, options) : undefined;
  }

  private async *stream(inputs: unknown, options?: CallOptions): AsyncGenerator<AnswerPart> {
    let answer: Answer;
    let error: string | undefined = 'CALL_CANCELLED'; // unless its reader stays to the end
    try {
      answer = yield* asParts(streamCall(this.runner, inputs, options));
      error = errorOf(answer);
    } catch (thrown) {
      error = 'CALL_LOST';
      throw thrown;
    } finally {
      await this.end(error);
    }
    yield answer;
  }

  /**
   * False when another revision is active by now. The call is counted first and the revision looked at then: whoever
   * replaces it counts after it has done so, and sees this call, or this call sees that it was replaced.
   */
  private begin(home: BerthHome): boolean {
    const isSeen = this.counter.begin();
    if (this.isActive(home, isSeen)) {
      this.calls += 1;
      return true;
    }
    this.counter.takeBack();
    return false;
  }

  /** Undefined unless this was the last call of what was replaced. */
  private end(error: string | undefined): Promise<void> | undefined {
    this.counter.end(error);
    this.calls -= 1;
    return this.isReplaced ? this.closeWhenDone() : undefined;
  }

  /** While this process is seen to be calling nobody ends the revision, so the last look holds for a moment. */
  private isActive(home: BerthHome, isSeen: boolean): boolean {
    const now = performance.now();
    if (isSeen && now - this.lookedAt < lateness) return true;
    this.lookedAt = now;
    return isStillActive(home, this.active);
  }

  /** Lets go of the connections; what is running ends as it would. */
  async close(): Promise<void> {
    this.counter.flush();
    await this.runner.close();
  }

  async replace(): Promise<void> {
    this.isReplaced = true;
    await this.closeWhenDone();
  }

  private async closeWhenDone(): Promise<void> {
    if (this.calls === 0) await this.close();
  }
}

const errorOf = (answer: Answer): string | undefined => (answer.status === 'error' ? answer.error.code : undefined);

/** Leaving it leaves the stream itself: `for await` would do so, and drop the answer. */
async function* asParts(stream: AsyncGenerator<unknown, Answer>): AsyncGenerator<AnswerPart, Answer> {
  try {
    for (;;) {
      const next = await stream.next();
      if (next.done) return next.value;
      yield { status: 'chunk', output: next.value };
    }
  } finally {
    await stream.return(undefined as never); // over already, or left: its answer is for nobody
  }
}

class ActiveSoftware implements OpenSoftware {
  private attached: Promise<Attached> | undefined;

  constructor(
    private readonly name: string,
    private readonly home: BerthHome,
  ) {}

  async run(inputs: unknown, options?: CallOptions): Promise<Answer> {
    try {
      for (;;) {
        const attached = await (this.attached ?? this.current());
        const answer = await attached.tryRun(this.home, inputs, options);
        if (answer !== undefined) return answer;
        await this.current();
      }
    } catch (error) {
      return answerFor(error);
    }
  }

  async *stream(inputs: unknown, options?: CallOptions): AsyncGenerator<AnswerPart> {
    try {
      for (;;) {
        const attached = await (this.attached ?? this.current());
        const parts = attached.tryStream(this.home, inputs, options);
        if (parts !== undefined) return yield* parts;
        await this.current();
      }
    } catch (error) {
      yield answerFor(error);
    }
  }

  async runBatch(inputs: readonly unknown[], options: BatchOptions = {}): Promise<Answer[]> {
    const { concurrency = 8, ...call } = options;
    const answers: Answer[] = new Array(inputs.length);
    const pending = inputs.entries();
    const takeOneAfterAnother = async () => {
      for (const [index, input] of pending) answers[index] = await this.run(input, call);
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, inputs.length) }, takeOneAfterAnother));
    return answers;
  }

  async isHealthy(): Promise<Health> {
    return await (await this.current()).runner.isHealthy();
  }

  async *logs(options?: LogOptions): AsyncGenerator<string> {
    yield* (await this.current()).runner.logs(options);
  }

  async close(): Promise<void> {
    const attached = await this.attached?.catch(() => undefined);
    this.attached = undefined;
    await attached?.close();
  }

  /** The active revision, attached to again where another one is active by now. */
  async current(): Promise<Attached> {
    const before = this.attached;
    const attached = await before?.catch(() => undefined);
    if (attached !== undefined && isStillActive(this.home, attached.active)) return attached;
    if (this.attached !== before && this.attached !== undefined) return await this.attached;
    this.attached = attach(this.name, this.home);
    void attached?.replace();
    return await this.attached;
  }
}

/** What Berth itself says of a call; anything else is thrown on. */
function answerFor(error: unknown): Answer {
  if (!(error instanceof BerthError)) throw error;
  return { status: 'error', error: { code: error.code, message: error.message } };
}

async function attach(name: string, home: BerthHome): Promise<Attached> {
  const active = await readActiveRevision(home, name);
  if (active === undefined) throw new BerthError('NOT_RUNNING', `${name} has no revision that runs`, { name });
  if (active.isStopped)
    throw new BerthError('NOT_RUNNING', `${name} is stopped; start it: berth start ${name}`, { name });
  const { plan } = active.handle;
  const Runner = await loadRunnerClass(active.runner);
  const runner = new Runner(plan);
  await runner.attach(active.handle);
  return new Attached(runner, active, CallCounter.open(plan.stateDirectory));
}
