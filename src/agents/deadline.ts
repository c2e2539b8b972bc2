import type { AgentRequest } from './agent.js';

/** Why a run in this process has to stop. */
export type DeadlineCause = 'time' | 'idle' | 'aborted';

/** The limits of time and the caller's abort, as one signal; for an agent without a process of its own to stop. */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly wall: NodeJS.Timeout;
  private readonly idle: NodeJS.Timeout;
  private readonly request: AgentRequest;
  private readonly abort = (): void => this.end('aborted');
  cause: DeadlineCause | null = null;

  constructor(request: AgentRequest) {
    this.request = request;
    this.wall = setTimeout(() => this.end('time'), request.limits.wallSeconds * 1000);
    this.idle = setTimeout(() => this.end('idle'), request.limits.idleSeconds * 1000);
    request.signal?.addEventListener('abort', this.abort, { once: true });
    if (request.signal?.aborted) this.abort();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** A sign of work. */
  touch(): void {
    this.idle.refresh();
  }

  clear(): void {
    clearTimeout(this.wall);
    clearTimeout(this.idle);
    this.request.signal?.removeEventListener('abort', this.abort);
  }

  private end(cause: DeadlineCause): void {
    this.cause ??= cause;
    this.controller.abort();
  }
}
