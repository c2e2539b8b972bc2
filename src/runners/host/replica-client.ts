import type { Answer, AnswerError } from '../../contract/answer.js';
import { getAnswerError, parseAnswerError } from '../answer-text.js';
import type { CallOptions } from '../runner.js';
import { isUnstarted } from '../unstarted-call.js';
import type { HostCallOptions } from './host-call.js';
import type { HostClient } from './host-client.js';
import { ReplicaScheduler } from './replica-scheduler.js';

/** A call to any replica that has a free slot. */
interface ReplicaCall<Result, Reply> {
  send: (client: HostClient, options: HostCallOptions) => Result;
  getError: (reply: Reply) => AnswerError | undefined;
  wrapAnswer: (answer: Answer) => Reply;
}

/** Calls the replicas of one revision. If a replica ends before it begins a call, the call goes to another one. */
export class ReplicaClient {
  private readonly scheduler: ReplicaScheduler;

  constructor(
    clients: HostClient[],
    private readonly timeout: number,
  ) {
    this.scheduler = new ReplicaScheduler(clients);
  }

  call(inputs: unknown, options?: CallOptions): Promise<Answer> {
    return this.callAny({ send: (client, slotOptions) => client.call(inputs, slotOptions), ...valueMapping }, options);
  }

  callText(inputs: string, options?: CallOptions): Promise<string> {
    return this.callAny(
      { send: (client, slotOptions) => client.callText(inputs, slotOptions), ...textMapping },
      options,
    );
  }

  stream(inputs: unknown, options?: CallOptions): AsyncGenerator<unknown, Answer> {
    return this.streamAny(
      { send: (client, slotOptions) => client.stream(inputs, slotOptions), ...valueMapping },
      options,
    );
  }

  streamText(inputs: string, options?: CallOptions): AsyncGenerator<string, string> {
    return this.streamAny(
      { send: (client, slotOptions) => client.streamText(inputs, slotOptions), ...textMapping },
      options,
    );
  }

  private async callAny<Reply>(
    { send, getError, wrapAnswer }: ReplicaCall<Promise<Reply>, Reply>,
    options: CallOptions | undefined,
  ): Promise<Reply> {
    for (const deadline = this.deadlineOf(options); ; ) {
      const slot = await this.scheduler.acquireSlot({ ...options, timeout: computeSecondsLeft(deadline) });
      if ('answer' in slot) return wrapAnswer(slot.answer);
      const reply = await send(slot.client, slot.options).finally(slot.release);
      if (!isUnstarted(getError(reply))) return reply;
    }
  }

  private async *streamAny<Chunk, Reply>(
    { send, getError, wrapAnswer }: ReplicaCall<AsyncGenerator<Chunk, Reply>, Reply>,
    options: CallOptions | undefined,
  ): AsyncGenerator<Chunk, Reply> {
    for (const deadline = this.deadlineOf(options); ; ) {
      const slot = await this.scheduler.acquireSlot({ ...options, timeout: computeSecondsLeft(deadline) });
      if ('answer' in slot) return wrapAnswer(slot.answer);
      try {
        const reply = yield* send(slot.client, slot.options);
        if (!isUnstarted(getError(reply))) return reply;
      } finally {
        slot.release();
      }
    }
  }

  private deadlineOf({ timeout = this.timeout }: CallOptions = {}): number {
    return performance.now() + timeout * 1000;
  }
}

const valueMapping = { getError: getAnswerError, wrapAnswer: (answer: Answer) => answer };
const textMapping = { getError: parseAnswerError, wrapAnswer: (answer: Answer) => JSON.stringify(answer) };

const computeSecondsLeft = (deadline: number): number => Math.max(0.001, (deadline - performance.now()) / 1000);
