import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../contract/answer.js';
import { getAnswerError } from '../answer-text.js';
import { createErrorAnswer } from '../call-deadline.js';
import type { CallOptions } from '../runner.js';
import { createUnstartedAnswer } from '../unstarted-call.js';
import type { HostCallOptions, HostClient, TurnReply } from './host-client.js';

/** A replica whose turn is held for one call. */
export interface ReplicaSlot {
  client: HostClient;
  options: HostCallOptions;
  release: () => void;
}

export type SlotResult = ReplicaSlot | { answer: Answer };

/** Of how many calls a replica runs at once, as far as it has said so. */
interface Replica {
  client: HostClient;
  running: number;
  limit: number;
}

/** Milliseconds until a replica that is not there is looked for again by a call that stands in line at others. */
const retryInterval = 500;

/**
 * Finds the replica for a call: one that is idle. Where none is, the call stands in line at all of them and goes to the one
 * whose turn comes first, so that it does not wait behind a long one while another replica is free.
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
    const begun = performance.now();
    const secondsLeft = () => Math.max(0.001, timeout - (performance.now() - begun) / 1000);
    const found = (await this.tryIdleReplicas(timeout, signal)) ?? (await this.waitInQueues(secondsLeft, signal));
    if ('answer' in found) return found;
    return { ...found, options: { ...options, timeout: secondsLeft(), ...found.options } };
  }

  /** A replica that is idle: the one with the fewest calls of this process first, and of these each in turn. */
  private async tryIdleReplicas(timeout: number, signal: AbortSignal | undefined): Promise<SlotResult | undefined> {
    this.next += 1;
    const count = this.replicas.length;
    const inTurn = this.replicas.map((_, index) => this.replicas[(index + this.next) % count] as Replica); // in range
    const free = inTurn
      .filter(({ running, limit }) => running < limit)
      .sort((one, other) => one.running - other.running);
    for (const replica of free) {
      replica.running += 1; // from here on: others look meanwhile
      const reply = await replica.client.acquireTurn({ mayWait: false, timeout, ...(signal && { signal }) });
      if (reply.status === 'turn') return this.createSlot(replica, reply);
      replica.running -= 1;
      if (reply.status === 'answer' && !isNotRunning(reply)) return reply;
      if (reply.status === 'busy') replica.limit = reply.limit ?? Number.POSITIVE_INFINITY;
    }
    return undefined;
  }

  /** The lines at the other replicas are left when one turn has come. */
  private waitInQueues(secondsLeft: () => number, signal: AbortSignal | undefined): Promise<SlotResult> {
    return new Promise((resolve) => {
      const over = new AbortController();
      const settle = (found: SlotResult) => {
        signal?.removeEventListener('abort', cancel);
        resolve(found);
        over.abort();
      };
      const cancel = () => settle({ answer: canceledWhileWaiting });
      if (signal?.aborted) return cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      const queue = { standing: this.replicas.length, wasTaken: false };
      for (const replica of this.replicas)
        void this.waitAtReplica(replica, { queue, settled: over.signal, secondsLeft, settle });
    });
  }

  /** Where the replica goes away, it is looked for again as long as the call stands in line at another. */
  private async waitAtReplica(replica: Replica, { queue, settled, secondsLeft, settle }: QueueEntry): Promise<void> {
    while (!settled.aborted) {
      const reply = await replica.client.acquireTurn({ mayWait: true, timeout: secondsLeft(), signal: settled });
      if (reply.status === 'turn' && settled.aborted) return reply.release(false);
      if (settled.aborted) return;
      if (reply.status === 'turn') {
        replica.running += 1;
        return settle(this.createSlot(replica, reply));
      }
      if (reply.status === 'answer' && !isNotRunning(reply)) return settle(reply);
      if (reply.status !== 'absent') queue.wasTaken = true;
      queue.standing -= 1;
      if (queue.standing === 0) return settle({ answer: explainNoReplica(queue, secondsLeft()) });
      await sleep(retryInterval, undefined, { signal: settled }).catch(() => undefined);
      queue.standing += 1;
    }
  }

  private createSlot(replica: Replica, turn: Extract<TurnReply, { status: 'turn' }>): ReplicaSlot {
    const leave = () => {
      replica.running -= 1;
      turn.release(true);
    };
    return { client: replica.client, options: { turn: turn.id }, release: leave };
  }
}

/** One call in line at one of the replicas. */
interface QueueEntry {
  /** At how many of them it stands, and whether any has taken it so far. */
  queue: { standing: number; wasTaken: boolean };
  settled: AbortSignal;
  secondsLeft: () => number;
  settle: (found: SlotResult) => void;
}

const isNotRunning = ({ answer }: { answer: Answer }): boolean => getAnswerError(answer)?.code === 'NOT_RUNNING';

function explainNoReplica({ wasTaken }: QueueEntry['queue'], secondsLeft: number): Answer {
  if (secondsLeft < 0.01) return timedOut;
  return wasTaken ? lostSlot : notRunning;
}

const canceledBeforeStart = createErrorAnswer('CALL_CANCELLED', 'the call was cancelled before it began');
const canceledWhileWaiting = createErrorAnswer('CALL_CANCELLED', 'the call was cancelled while it waited for its turn');
const timedOut = createErrorAnswer(
  'CALL_TIMEOUT',
  'the call waited for its turn as long as it may take, and was not started',
);
const notRunning = createErrorAnswer('NOT_RUNNING', 'the software is not up: none of its replicas answers');
const lostSlot = createUnstartedAnswer('the replicas ended before the call was begun');
