import type { Answer } from '../../contract/answer.js';
import type { CallOptions } from '../runner.js';
import { createUnstartedAnswer } from '../unstarted-call.js';
import { HostConnection } from './host-connection.js';
import { HostDeadline, replyGrace } from './host-deadline.js';
import { wasWaiting } from './waiting-calls.js';

/** Options of a call. `turn` is the turn that `acquireTurn` holds for it. */
export interface HostCallOptions extends CallOptions {
  turn?: string;
}

export interface HostClientOptions {
  socket: string;
  /** Seconds that a call may take unless the caller sets a timeout. */
  timeout: number;
  /** Directory in which the host process records waiting calls. Without it, every lost call counts as begun. */
  stateDirectory?: string;
}

/** One call over a connection: its request, its deadline, and its cancellation. Call `release` when it has ended. */
export class HostCall {
  private readonly timeout: number;
  private readonly deadline: HostDeadline;

  constructor(
    private readonly id: string,
    private readonly options: HostCallOptions,
    private readonly host: HostClientOptions,
    connection: { close(): void },
  ) {
    this.timeout = options.timeout ?? host.timeout;
    this.deadline = new HostDeadline(connection, this.timeout);
    options.signal?.addEventListener('abort', this.abort, { once: true });
  }

  /** Returns the request as JSON. `fields` are additional members: `,"stream":true`. */
  createRequest(fields: string): string {
    const { turn } = this.options;
    const turnField = turn === undefined ? '' : `,"turn":"${turn}"`;
    return `{"type":"call","id":"${this.id}","timeout":${this.timeout}${fields}${turnField}}`;
  }

  /** Asks the host process to cancel the call, over a separate connection, because the call occupies its own. */
  async cancel(): Promise<void> {
    const connection = await HostConnection.open(this.host.socket).catch(() => undefined);
    if (connection === undefined) return;
    await connection.requestWithTimeout({ type: 'cancel', id: this.id }, replyGrace).catch(() => undefined);
    connection.close();
  }

  /** Returns the answer to a call whose connection has ended, with `error` if it broke. */
  async explainDisconnect(error?: unknown): Promise<Answer> {
    const { stateDirectory } = this.host;
    const answer = this.deadline.explain();
    if (answer.status !== 'error' || answer.error.code !== 'CALL_LOST') return answer;
    const isUnstarted =
      wasUnread(error) || (stateDirectory !== undefined && (await wasWaiting(stateDirectory, this.id)));
    return isUnstarted ? createUnstartedAnswer('the process ended before the call began') : answer;
  }

  release(): void {
    this.deadline.clear();
    this.options.signal?.removeEventListener('abort', this.abort);
  }

  private readonly abort = (): void => {
    this.deadline.cancel();
    void this.cancel();
  };
}

/** Checks for a connection that was reset because its host process ended before it read the request. */
const wasUnread = (error: unknown): boolean =>
  ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
