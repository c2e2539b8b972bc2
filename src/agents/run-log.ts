import type { AgentEvent, AgentUsage, StopReason } from './agent.js';

/** Reason why a run did not finish, apart from limits and aborts. */
export interface Failure {
  reason: StopReason;
  text: string;
  retryAfterSeconds: number | null;
}

const maxEventLength = 2000;

/** State of a run, which the agent's reader updates line by line. */
export class RunLog {
  session: string | null = null;
  message = '';
  inputTokens = 0;
  outputTokens = 0;
  /** Dollars as the agent reports them; null until then. */
  cost: number | null = null;
  turns = 0;
  failure: Failure | null = null;
  /** True when the agent has reported the end of its run, before its program ends. */
  isFinished = false;
  /** Counts events other than retries. */
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

  /** Records the first failure; later ones mostly repeat it. */
  fail(failure: Failure): void {
    this.failure ??= failure;
  }
}
