import type { Answer } from '../../contract/answer.js';
import { checkAnswer } from '../check-answer.js';
import { DeadlineTimer } from '../deadline-timer.js';
import type { ConnectionPool } from './connection-pool.js';
import { replyGrace } from './host-deadline.js';

/** Milliseconds in which an idle host process answers. A slower one is not idle. */
const idleReplyTimeout = 200;

export interface TurnRequest {
  mayWait: boolean;
  /** Seconds. */
  timeout: number;
  signal?: AbortSignal;
}

/**
 * Reply to a request for a turn. `turn`: the call may be made. `busy`: the host process runs the maximum number of
 * calls. `answer`: an answer to the call. `absent`: nothing listens. `lost`: the host process has ended, or does not
 * respond.
 */
export type TurnReply =
  | { status: 'turn'; id: string; release: (wasTaken: boolean) => void }
  | { status: 'busy'; limit: number | null }
  | { status: 'answer'; answer: Answer }
  | { status: 'absent' | 'lost' };

type HostReply = Answer | { status: 'turn' } | Extract<TurnReply, { status: 'busy' }>;

/** Requests a turn for a call with this id. Always call `release` of a turn: it gives back a turn that is not taken. */
export async function acquireTurn(
  pool: ConnectionPool,
  id: string,
  { mayWait, timeout, signal }: TurnRequest,
): Promise<TurnReply> {
  const connection = await pool.connect();
  if (connection === undefined) return { status: 'absent' };
  const abandon = () => connection.close();
  signal?.addEventListener('abort', abandon, { once: true });
  if (signal?.aborted) abandon();
  const deadline = new DeadlineTimer(mayWait ? timeout * 1000 + replyGrace : idleReplyTimeout, abandon);
  try {
    const request = `{"type":"turn","id":"${id}","timeout":${timeout},"mayWait":${mayWait}}`;
    const reply = JSON.parse(await connection.request(request)) as HostReply;
    if (reply.status === 'turn') {
      const release = (wasTaken: boolean) => (wasTaken ? pool.keep(connection) : connection.close());
      return { status: 'turn', id, release };
    }
    if (reply.status !== 'busy') return { status: 'answer', answer: checkAnswer(reply) };
    pool.keep(connection);
    return reply;
  } catch {
    return { status: 'lost' };
  } finally {
    deadline.clear();
    signal?.removeEventListener('abort', abandon);
  }
}
