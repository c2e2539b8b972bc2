import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../contract/answer.js';
import { errorOf } from './answer-status.js';
import { callFailure } from './call-deadline.js';
import type { HostCallOptions, HostClient, TurnReply } from './host-client.js';
import { neverBegun } from './never-begun.js';
import type { CallOptions } from './runner.js';

/** A replica whose turn is held for one call. */
export interface Seat {
  client: HostClient;
  options: HostCallOptions;
  leave: () => void;
}

export type Found = Seat | { answer: Answer };

/** Of how many calls a replica runs at once, as far as it has said so. */
interface Replica {
  client: HostClient;
  running: number;
  limit: number;
}

/** Milliseconds until a replica that is not there is looked for again by a call that stands in line at others. */
const lookPause = 500;

/**
 * Finds the replica for a call: one that is idle. Where none is, the call stands in line at all of them and goes to the one
 * whose turn comes first, so that it does not wait behind a long one while another replica is free.
 */
export class ReplicaTurns {
  private readonly replicas: Replica[];
  private next = Math.floor(Math.random() * 1_000);

  constructor(clients: HostClient[]) {
    this.replicas = clients.map((client) => ({ client, running: 0, limit: Number.POSITIVE_INFINITY }));
  }

  async findSeat(options: CallOptions & { timeout: number }): Promise<Found> {
    const { timeout, signal } = options;
    if (signal?.aborted) return { answer: cancelledBefore };
    const begun = performance.now();
    const secondsLeft = () => Math.max(0.001, timeout - (performance.now() - begun) / 1000);
    const found = (await this.tryEach(timeout, signal)) ?? (await this.standInLine(secondsLeft, signal));
    if ('answer' in found) return found;
    return { ...found, options: { ...options, timeout: secondsLeft(), ...found.options } };
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
      if (reply.status === 'turn') return this.describeSeat(replica, reply);
      replica.running -= 1;
      if (reply.status === 'answer' && !isAway(reply)) return reply;
      if (reply.status === 'busy') replica.limit = reply.limit ?? Number.POSITIVE_INFINITY;
    }
    return undefined;
  }

  /** The lines at the other replicas are left when one turn has come. */
  private standInLine(secondsLeft: () => number, signal: AbortSignal | undefined): Promise<Found> {
    return new Promise((resolve) => {
      const over = new AbortController();
      const settle = (found: Found) => {
        signal?.removeEventListener('abort', cancel);
        resolve(found);
        over.abort();
      };
      const cancel = () => settle({ answer: cancelled });
      if (signal?.aborted) return cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      const line = { standing: this.replicas.length, wasTaken: false };
      for (const replica of this.replicas) void this.standAt(replica, { line, over: over.signal, secondsLeft, settle });
    });
  }

  /** Where the replica goes away, it is looked for again as long as the call stands in line at another. */
  private async standAt(replica: Replica, { line, over, secondsLeft, settle }: Standing): Promise<void> {
    while (!over.aborted) {
      const reply = await replica.client.takeTurn({ mayWait: true, timeout: secondsLeft(), signal: over });
      if (reply.status === 'turn' && over.aborted) return reply.leave(false);
      if (over.aborted) return;
      if (reply.status === 'turn') {
        replica.running += 1;
        return settle(this.describeSeat(replica, reply));
      }
      if (reply.status === 'answer' && !isAway(reply)) return settle(reply);
      if (reply.status !== 'absent') line.wasTaken = true;
      line.standing -= 1;
      if (line.standing === 0) return settle({ answer: explainNone(line, secondsLeft()) });
      await sleep(lookPause, undefined, { signal: over }).catch(() => undefined);
      line.standing += 1;
    }
  }

  private describeSeat(replica: Replica, turn: Extract<TurnReply, { status: 'turn' }>): Seat {
    const leave = () => {
      replica.running -= 1;
      turn.leave(true);
    };
    return { client: replica.client, options: { turn: turn.id }, leave };
  }
}

/** One call in line at one of the replicas. */
interface Standing {
  /** At how many of them it stands, and whether any has taken it so far. */
  line: { standing: number; wasTaken: boolean };
  over: AbortSignal;
  secondsLeft: () => number;
  settle: (found: Found) => void;
}

const isAway = ({ answer }: { answer: Answer }): boolean => errorOf(answer)?.code === 'NOT_RUNNING';

function explainNone({ wasTaken }: Standing['line'], secondsLeft: number): Answer {
  if (secondsLeft < 0.01) return timedOut;
  return wasTaken ? lostPlace : notRunning;
}

const cancelledBefore = callFailure('CALL_CANCELLED', 'the call was cancelled before it began');
const cancelled = callFailure('CALL_CANCELLED', 'the call was cancelled while it waited for its turn');
const timedOut = callFailure(
  'CALL_TIMEOUT',
  'the call waited for its turn as long as it may take, and was not started',
);
const notRunning = callFailure('NOT_RUNNING', 'the software is not up: none of its replicas answers');
const lostPlace = neverBegun('the replicas ended before the call was begun');
