import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../contract/answer.js';
import { getAnswerError } from '../answer-text.js';
import { createErrorAnswer } from '../call-deadline.js';
import type { CallOptions } from '../runner.js';
import { createUnstartedAnswer } from '../unstarted-call.js';
import type { TurnReply } from './acquire-turn.js';
import type { HostCallOptions } from './host-call.js';
import type { HostClient } from './host-client.js';

/** A turn of a replica that is held for one call. */
export interface ReplicaSlot {
  client: HostClient;
  options: HostCallOptions;
  release: () => void;
}

export type SlotResult = ReplicaSlot | { answer: Answer };

/** A replica with its running calls of this process, and its maximum number of concurrent calls if known. */
interface Replica {
  client: HostClient;
  running: number;
  limit: number;
}

/** Milliseconds after which a call that waits in other queues tries a missing replica again. */
const retryInterval = 500;

/**
 * Finds an idle replica for a call. If there is none, the call waits in the queues of all replicas and goes to the first one
 * with a turn, so that it never waits behind a long call while another replica is free.
 */
export class ReplicaScheduler {
  private readonly replicas: Replica[];
  private next = Math.floor(Math.random() * 1_000);

  constructor(clients: HostClient[]) {
    this.replicas = clients.map((client) => ({ client, running: 0, limit: Number.POSITIVE_INFINITY }));
  }

  async acquireSlot(options: CallOptions & { timeout: number }): Promise<SlotResult> {
    const { timeout, signal } = options;
    if (signal?.aborted) return { answer: canceledBeforeStart };
    const startedAt = performance.now();
    const secondsLeft = () => Math.max(0.001, timeout - (performance.now() - startedAt) / 1000);
    const slot = (await this.tryIdleReplicas(timeout, signal)) ?? (await this.waitInQueues(secondsLeft, signal));
    if ('answer' in slot) return slot;
    return { ...slot, options: { ...options, timeout: secondsLeft(), ...slot.options } };
  }

  /** Tries idle replicas, first those with the fewest calls of this process. Equal ones take turns. */
  private async tryIdleReplicas(timeout: number, signal: AbortSignal | undefined): Promise<SlotResult | undefined> {
    this.next += 1;
    const count = this.replicas.length;
    const rotated = this.replicas.map((_, index) => this.replicas[(index + this.next) % count] as Replica); // in range
    const free = rotated.filter(({ running, limit }) => running < limit).sort((a, b) => a.running - b.running);
    for (const replica of free) {
      replica.running += 1; // before the await, so that concurrent calls see it
      const reply = await replica.client.acquireTurn({ mayWait: false, timeout, ...(signal && { signal }) });
      if (reply.status === 'turn') return this.createSlot(replica, reply);
      replica.running -= 1;
      if (reply.status === 'answer' && !isNotRunning(reply)) return reply;
      if (reply.status === 'busy') replica.limit = reply.limit ?? Number.POSITIVE_INFINITY;
    }
    return undefined;
  }

  /** Waits in the queues of all replicas for the first turn, and leaves the other queues. */
  private waitInQueues(secondsLeft: () => number, signal: AbortSignal | undefined): Promise<SlotResult> {
    return new Promise((resolve) => {
      const settled = new AbortController();
      const settle = (result: SlotResult) => {
        signal?.removeEventListener('abort', cancel);
        resolve(result);
        settled.abort();
      };
      const cancel = () => settle({ answer: canceledWhileWaiting });
      if (signal?.aborted) return cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      const queues = { waiting: this.replicas.length, wasAccepted: false };
      for (const replica of this.replicas)
        void this.waitAtReplica(replica, { queues, settled: settled.signal, secondsLeft, settle });
    });
  }

  /** Waits in the queue of one replica. If it ends, tries it again while the call waits in another queue. */
  private async waitAtReplica(replica: Replica, { queues, settled, secondsLeft, settle }: QueueEntry): Promise<void> {
    while (!settled.aborted) {
      const reply = await replica.client.acquireTurn({ mayWait: true, timeout: secondsLeft(), signal: settled });
      if (reply.status === 'turn' && settled.aborted) return reply.release(false);
      if (settled.aborted) return;
      if (reply.status === 'turn') {
        replica.running += 1;
        return settle(this.createSlot(replica, reply));
      }
      if (reply.status === 'answer' && !isNotRunning(reply)) return settle(reply);
      if (reply.status !== 'absent') queues.wasAccepted = true;
      queues.waiting -= 1;
      if (queues.waiting === 0) return settle({ answer: explainNoReplica(queues, secondsLeft()) });
      await sleep(retryInterval, undefined, { signal: settled }).catch(() => undefined);
      queues.waiting += 1;
    }
  }

  private createSlot(replica: Replica, turn: Extract<TurnReply, { status: 'turn' }>): ReplicaSlot {
    const release = () => {
      replica.running -= 1;
      turn.release(true);
    };
    return { client: replica.client, options: { turn: turn.id }, release };
  }
}

/** A call in the queue of one replica. */
interface QueueEntry {
  /** Number of queues in which the call waits, and whether any replica has accepted it so far. */
  queues: { waiting: number; wasAccepted: boolean };
  settled: AbortSignal;
  secondsLeft: () => number;
  settle: (result: SlotResult) => void;
}

const isNotRunning = ({ answer }: { answer: Answer }): boolean => getAnswerError(answer)?.code === 'NOT_RUNNING';

function explainNoReplica({ wasAccepted }: QueueEntry['queues'], secondsLeft: number): Answer {
  if (secondsLeft < 0.01) return timedOut;
  return wasAccepted ? lostTurn : notRunning;
}

const canceledBeforeStart = createErrorAnswer('CALL_CANCELLED', 'the call was cancelled before it began');
const canceledWhileWaiting = createErrorAnswer('CALL_CANCELLED', 'the call was cancelled while it waited for its turn');
const timedOut = createErrorAnswer(
  'CALL_TIMEOUT',
  'the call waited for its turn until its timeout, and was not started',
);
const notRunning = createErrorAnswer('NOT_RUNNING', 'the software is not up: none of its replicas answer');
const lostTurn = createUnstartedAnswer('the replicas ended before the call began');
