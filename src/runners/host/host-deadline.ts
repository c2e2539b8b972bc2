import type { Answer } from '../../contract/answer.js';
import { createErrorAnswer } from '../call-deadline.js';
import { DeadlineTimer } from '../deadline-timer.js';

/** Milliseconds that the host has to answer for a call past its deadline, before the client does so itself. */
export const replyGrace = 500;

/** The client's own end of a call, for a host that cannot answer: frozen, or held up in code that never lets go. */
export class HostDeadline {
  private readonly begun = performance.now();
  private alarm: DeadlineTimer;
  private isCancelled = false;
  private hasDisconnected = false;

  constructor(
    private readonly connection: { close(): void },
    private readonly timeout: number,
  ) {
    this.alarm = new DeadlineTimer(timeout * 1000 + replyGrace, () => this.disconnect());
  }

  /** The call is cancelled: the host has a moment to say so. */
  cancel(): void {
    this.isCancelled = true;
    this.alarm.clear();
    this.alarm = new DeadlineTimer(replyGrace, () => this.disconnect());
  }

  clear(): void {
    this.alarm.clear();
  }

  /** Why the connection ended. */
  explain(): Answer {
    const rest = this.hasDisconnected ? '; its host does not react' : '';
    if (this.isCancelled) return createErrorAnswer('CALL_CANCELLED', `the call was cancelled${rest}`);
    if (performance.now() - this.begun >= this.timeout * 1000)
      return createErrorAnswer('CALL_TIMEOUT', `the call took longer than its ${this.timeout} s${rest}`);
    return createErrorAnswer('CALL_LOST', 'the process ended during the call');
  }

  private disconnect(): void {
    this.hasDisconnected = true;
    this.connection.close();
  }
}
