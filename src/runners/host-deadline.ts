import type { Answer } from '../contract/answer.js';
import { Alarm } from './alarm.js';
import { callFailure } from './call-deadline.js';

/** Milliseconds that the host has to answer for a call past its deadline, before the client does so itself. */
export const lateness = 500;

/** The client's own end of a call, for a host that cannot answer: frozen, or held up in code that never lets go. */
export class HostDeadline {
  private readonly begun = performance.now();
  private alarm: Alarm;
  private isCancelled = false;
  private hasHungUp = false;

  constructor(
    private readonly connection: { close(): void },
    private readonly timeout: number,
  ) {
    this.alarm = new Alarm(timeout * 1000 + lateness, () => this.hangUp());
  }

  /** The call is cancelled: the host has a moment to say so. */
  bringForward(): void {
    this.isCancelled = true;
    this.alarm.clear();
    this.alarm = new Alarm(lateness, () => this.hangUp());
  }

  clear(): void {
    this.alarm.clear();
  }

  /** Why the connection ended. */
  explain(): Answer {
    const rest = this.hasHungUp ? '; its host does not react' : '';
    if (this.isCancelled) return callFailure('CALL_CANCELLED', `the call was cancelled${rest}`);
    if (performance.now() - this.begun >= this.timeout * 1000)
      return callFailure('CALL_TIMEOUT', `the call took longer than its ${this.timeout} s${rest}`);
    return callFailure('CALL_LOST', 'the process ended during the call');
  }

  private hangUp(): void {
    this.hasHungUp = true;
    this.connection.close();
  }
}
