import type { AgentEvent, AgentUsage, StopReason } from './agent.js';

/** Why a run did not finish, before limits and aborts have their say. */
export interface Failure {
  reason: StopReason;
  text: string;
  retryAfterSeconds: number | null;
}

const maxEventLength = 2000;

/** What a run is known to have done so far; filled by the agent's reader, line by line. */
export class RunLog {
  session: string | null = null;
  message = '';
  inputTokens = 0;
  outputTokens = 0;
  /** Dollars as the agent says them; null until it does. */
  cost: number | null = null;
  turns = 0;
  failure: Failure | null = null;
  /** The agent has said that its run is over; ending the program is all that is left. */
  isFinished = false;
  /** Counts what is a sign of work: everything but retries. */
  activityCount = 0;

  private readonly onEvent: (event: AgentEvent) => void;
  private readonly onSession: (session: string) => void;

  constructor(onEvent: (event: AgentEvent) => void, onSession: (session: string) => void) {
    this.onEvent = onEvent;
    this.onSession = onSession;
  }

  beginSession(session: string): void {
    if (session === this.session) return;
    this.session = session;
    this.onSession(session);
  }

  emitEvent(kind: AgentEvent['kind'], text: string): void {
    if (kind !== 'retry') this.activityCount += 1;
    const clipped = text.length > maxEventLength ? `${text.slice(0, maxEventLength)}…` : text;
    this.onEvent({ kind, text: clipped, at: Date.now() });
  }

  recordMessage(text: string): void {
    this.message = text;
    this.emitEvent('message', text);
  }

  addUsage(inputTokens: number, outputTokens: number): void {
    this.inputTokens += inputTokens;
    this.outputTokens += outputTokens;
  }

  setUsage({ inputTokens, outputTokens }: AgentUsage): void {
    this.inputTokens = inputTokens;
    this.outputTokens = outputTokens;
  }

  /** The first failure counts: what follows is mostly its echo. */
  fail(failure: Failure): void {
    this.failure ??= failure;
  }
}
