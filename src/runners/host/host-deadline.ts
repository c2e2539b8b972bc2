import type { Answer } from '../../contract/answer.js';
import { createErrorAnswer } from '../call-deadline.js';
import { DeadlineTimer } from '../deadline-timer.js';

/** Milliseconds after the deadline of a call in which the host process may answer, before the client gives up. */
export const replyGrace = 500;

/** Ends a call on the client's side if the host process cannot answer: it is frozen, or blocked by code. */
export class HostDeadline {
  private readonly startedAt = performance.now();
  private timer: DeadlineTimer;
  private isCanceled = false;
  private hasDisconnected = false;

  constructor(
    private readonly connection: { close(): void },
    private readonly timeout: number,
  ) {
    this.timer = new DeadlineTimer(timeout * 1000 + replyGrace, () => this.disconnect());
  }

  /** Gives the host process a moment to answer that the call is canceled. */
  cancel(): void {
    this.isCanceled = true;
    this.timer.clear();
    this.timer = new DeadlineTimer(replyGrace, () => this.disconnect());
  }

  clear(): void {
    this.timer.clear();
  }

  /** Returns an answer with the reason why the connection ended. */
  explain(): Answer {
    const suffix = this.hasDisconnected ? '; its host process does not respond' : '';
    if (this.isCanceled) return createErrorAnswer('CALL_CANCELLED', `the call was cancelled${suffix}`);
    if (performance.now() - this.startedAt >= this.timeout * 1000)
      return createErrorAnswer('CALL_TIMEOUT', `the call took longer than its ${this.timeout} s${suffix}`);
    return createErrorAnswer('CALL_LOST', 'the process ended during the call');
  }

  private disconnect(): void {
    this.hasDisconnected = true;
    this.connection.close();
  }
}
