import type { AgentRequest } from './agent.js';

/** Reason why a run in this process must stop. */
export type DeadlineCause = 'time' | 'idle' | 'aborted';

/** Time limits and the caller's abort as one signal, for an agent that runs in this process. */
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

  /** Restarts the idle limit. */
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
