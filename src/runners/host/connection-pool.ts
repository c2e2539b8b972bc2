import { HostConnection } from './host-connection.js';

/** Maximum number of concurrent calls of one client. More calls wait. */
const maxCalls = 256;

/** Idle connections to a host process, and a limit on concurrent calls. */
export class ConnectionPool {
  private readonly idle: HostConnection[] = [];
  private readonly waiters: (() => void)[] = [];
  private calls = 0;
  private isClosed = false;

  constructor(private readonly socket: string) {}

  get isFull(): boolean {
    return this.calls >= maxCalls;
  }

  waitForCall(): Promise<void> {
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  beginCall(): void {
    this.calls += 1;
  }

  endCall(): void {
    this.calls -= 1;
    this.waiters.shift()?.();
  }

  /** Returns an idle or a new connection; undefined if nothing listens on the socket. */
  async connect(): Promise<HostConnection | undefined> {
    return this.takeIdle() ?? (await HostConnection.open(this.socket).catch(() => undefined));
  }

  /** Returns an idle or a new connection. Rejects with the system error if nothing listens on the socket. */
  async open(): Promise<HostConnection> {
    return this.takeIdle() ?? (await HostConnection.open(this.socket));
  }

  /** Keeps the connection for the next call. */
  keep(connection: HostConnection): void {
    if (this.isClosed) connection.close();
    else this.idle.push(connection);
  }

  /** Keeps the connection of an answered call, unless its thread may still work for a call that the host process ended. */
  keepAnswered(connection: HostConnection, answer: string): void {
    const isEnded = answer.startsWith('{"status": "error"') && /"code": "CALL_(TIMEOUT|CANCELLED)"/.test(answer);
    if (isEnded) connection.close();
    else this.keep(connection);
  }

  /** Closes the idle connections. Calls in progress continue; a later call opens its own connection. */
  close(): void {
    this.isClosed = true;
    for (const connection of this.idle.splice(0)) connection.close();
  }

  private takeIdle(): HostConnection | undefined {
    for (let idle = this.idle.pop(); idle !== undefined; idle = this.idle.pop()) if (idle.isOpen) return idle;
    return undefined;
  }
}
