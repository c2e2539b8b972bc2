import type { Answer } from '../contract/answer.js';
import { callFailure } from './call-deadline.js';
import type { HostCallOptions, HostClient } from './host-client.js';
import type { CallOptions } from './runner.js';

/** A replica whose turn is held for one call. */
interface Seat {
  client: HostClient;
  options: HostCallOptions;
  leave: () => void;
}

type Found = Seat | { answer: Answer };

/** Of how many calls a replica runs at once, as far as it has said so. */
interface Replica {
  client: HostClient;
  running: number;
  limit: number;
}

/**
 * Calls the replicas of one revision: each call goes to one that is idle. Where none is, it stands in line at all of them
 * and goes to the one whose turn comes first, so that no call waits behind a long one while another replica is free.
 */
export class ReplicaClient {
  private readonly replicas: Replica[];
  private next = Math.floor(Math.random() * 1_000);

  constructor(
    clients: HostClient[],
    private readonly timeout: number,
  ) {
    this.replicas = clients.map((client) => ({ client, running: 0, limit: Number.POSITIVE_INFINITY }));
  }

  async call(inputs: unknown, options: CallOptions = {}): Promise<Answer> {
    const found = await this.findSeat(options);
    if ('answer' in found) return found.answer;
    return await found.client.call(inputs, found.options).finally(found.leave);
  }

  async callText(inputs: string, options: CallOptions = {}): Promise<string> {
    const found = await this.findSeat(options);
    if ('answer' in found) return JSON.stringify(found.answer);
    return await found.client.callText(inputs, found.options).finally(found.leave);
  }

  async *stream(inputs: unknown, options: CallOptions = {}): AsyncGenerator<unknown, Answer> {
    const found = await this.findSeat(options);
    if ('answer' in found) return found.answer;
    try {
      return yield* found.client.stream(inputs, found.options);
    } finally {
      found.leave();
    }
  }

  async *streamText(inputs: string, options: CallOptions = {}): AsyncGenerator<string, string> {
    const found = await this.findSeat(options);
    if ('answer' in found) return JSON.stringify(found.answer);
    try {
      return yield* found.client.streamText(inputs, found.options);
    } finally {
      found.leave();
    }
  }

  private async findSeat(options: CallOptions): Promise<Found> {
    const { timeout = this.timeout, signal } = options;
    if (signal?.aborted) return { answer: callFailure('CALL_CANCELLED', 'the call was cancelled before it began') };
    const begun = performance.now();
    const seat = (await this.tryEach(timeout, signal)) ?? (await this.standInLine(timeout, signal));
    if ('answer' in seat) return seat;
    const left = Math.max(0.001, timeout - (performance.now() - begun) / 1000);
    return { ...seat, options: { ...options, timeout: left, ...seat.options } };
  }

  /** A replica that is idle: the one with the fewest calls of this process first, and of these each in turn. */
  private async tryEach(timeout: number, signal: AbortSignal | undefined): Promise<Found | undefined> {
    this.next += 1;
    const count = this.replicas.length;
    const inTurn = this.replicas.map((_, index) => this.replicas[(index + this.next) % count] as Replica); // in range
    const free = inTurn
      .filter(({ running, limit }) => running < limit)
      .sort((one, other) => one.running - other.running);
    for (const replica of free) {
      replica.running += 1; // from here on: others look meanwhile
      const reply = await replica.client.takeTurn({ mayWait: false, timeout, ...(signal && { signal }) });
      if (reply?.status === 'turn') return this.describeSeat(replica, reply);
      replica.running -= 1;
      if (reply?.status === 'answer') return reply;
      if (reply?.status === 'busy') replica.limit = reply.limit ?? Number.POSITIVE_INFINITY;
    }
    return undefined;
  }

  private async standInLine(timeout: number, signal: AbortSignal | undefined): Promise<Found> {
    const over = new AbortController();
    const cancel = () => over.abort();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await this.takeFirstTurn(timeout, over);
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** The lines at the other replicas are left then. */
  private takeFirstTurn(timeout: number, over: AbortController): Promise<Found> {
    return new Promise((resolve) => {
      let asked = this.replicas.length;
      let refused: Answer | undefined;
      const ask = async (replica: Replica) => {
        const reply = await replica.client.takeTurn({ mayWait: true, timeout, signal: over.signal });
        asked -= 1;
        if (reply?.status === 'turn' && over.signal.aborted) reply.leave(false);
        else if (reply?.status === 'turn') {
          replica.running += 1;
          resolve(this.describeSeat(replica, reply));
          over.abort();
        } else if (reply?.status === 'answer') refused = reply.answer;
        if (asked === 0) resolve({ answer: over.signal.aborted ? cancelled : (refused ?? notRunning) });
      };
      for (const replica of this.replicas) void ask(replica);
    });
  }

  private describeSeat(replica: Replica, turn: { id: string; leave: (wasTaken: boolean) => void }): Seat {
    const leave = () => {
      replica.running -= 1;
      turn.leave(true);
    };
    return { client: replica.client, options: { turn: turn.id }, leave };
  }
}

const cancelled = callFailure('CALL_CANCELLED', 'the call was cancelled while it waited for its turn');
const notRunning = callFailure('NOT_RUNNING', 'the software is not up: none of its replicas answers');
