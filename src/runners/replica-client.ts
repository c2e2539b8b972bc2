import type { Answer, AnswerError } from '../contract/answer.js';
import { errorOf, errorOfText } from './answer-status.js';
import type { HostCallOptions, HostClient } from './host-client.js';
import { hasNeverBegun } from './never-begun.js';
import { ReplicaTurns } from './replica-turns.js';
import type { CallOptions } from './runner.js';

/** A call of whatever replica has room for it. */
interface ReplicaCall<Made, Told> {
  make: (client: HostClient, options: HostCallOptions) => Made;
  errorOf: (told: Told) => AnswerError | undefined;
  tell: (answer: Answer) => Told;
}

/** Calls the replicas of one revision. A call that a replica had taken, and that was not begun when this ended, goes to another. */
export class ReplicaClient {
  private readonly turns: ReplicaTurns;

  constructor(
    clients: HostClient[],
    private readonly timeout: number,
  ) {
    this.turns = new ReplicaTurns(clients);
  }

  call(inputs: unknown, options?: CallOptions): Promise<Answer> {
    return this.callAny({ make: (client, seat) => client.call(inputs, seat), ...values }, options);
  }

  callText(inputs: string, options?: CallOptions): Promise<string> {
    return this.callAny({ make: (client, seat) => client.callText(inputs, seat), ...texts }, options);
  }

  stream(inputs: unknown, options?: CallOptions): AsyncGenerator<unknown, Answer> {
    return this.streamAny({ make: (client, seat) => client.stream(inputs, seat), ...values }, options);
  }

  streamText(inputs: string, options?: CallOptions): AsyncGenerator<string, string> {
    return this.streamAny({ make: (client, seat) => client.streamText(inputs, seat), ...texts }, options);
  }

  private async callAny<Told>(
    { make, errorOf, tell }: ReplicaCall<Promise<Told>, Told>,
    options: CallOptions | undefined,
  ): Promise<Told> {
    for (const deadline = this.deadlineOf(options); ; ) {
      const found = await this.turns.findSeat({ ...options, timeout: secondsUntil(deadline) });
      if ('answer' in found) return tell(found.answer);
      const told = await make(found.client, found.options).finally(found.leave);
      if (!hasNeverBegun(errorOf(told))) return told;
    }
  }

  private async *streamAny<Chunk, Told>(
    { make, errorOf, tell }: ReplicaCall<AsyncGenerator<Chunk, Told>, Told>,
    options: CallOptions | undefined,
  ): AsyncGenerator<Chunk, Told> {
    for (const deadline = this.deadlineOf(options); ; ) {
      const found = await this.turns.findSeat({ ...options, timeout: secondsUntil(deadline) });
      if ('answer' in found) return tell(found.answer);
      try {
        const told = yield* make(found.client, found.options);
        if (!hasNeverBegun(errorOf(told))) return told;
      } finally {
        found.leave();
      }
    }
  }

  private deadlineOf({ timeout = this.timeout }: CallOptions = {}): number {
    return performance.now() + timeout * 1000;
  }
}

const values = { errorOf, tell: (answer: Answer) => answer };
const texts = { errorOf: errorOfText, tell: (answer: Answer) => JSON.stringify(answer) };

const secondsUntil = (deadline: number): number => Math.max(0.001, (deadline - performance.now()) / 1000);
