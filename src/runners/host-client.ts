import type { Answer } from '../contract/answer.js';
import { readJson } from '../json/read-json.js';
import { writeInputs } from '../json/write-inputs.js';
import { Alarm } from './alarm.js';
import { callFailure } from './call-deadline.js';
import { checkAnswer, checkAnswerText } from './check-answer.js';
import { HostConnection } from './host-connection.js';
import { HostDeadline, lateness } from './host-deadline.js';
import { HostStream, handOn, handOnText } from './host-stream.js';
import { neverBegun } from './never-begun.js';
import type { CallOptions } from './runner.js';
import { answerUnfit } from './unfit-answer.js';
import { wasWaiting } from './waiting-calls.js';

/** Who answers on the socket. */
export interface HostIdentity {
  deployment: string;
  revision: string;
  /** Drawn anew at each start. */
  token: string;
  pid: number;
  startedAt: string;
  socket: string;
}

export interface HostStatus extends HostIdentity {
  /** Calls that are running or waiting. */
  calls: number;
  /** Calls whose code runs; absent where the host was started by an earlier Berth, which lets none wait. */
  running?: number;
  /** Calls whose turn has not come. */
  waiting?: number;
  /** Calls that were answered (timeout, cancel) while their code goes on. */
  abandoned: number;
  /** Seconds for which such code has kept all others from running; 0 while calls are taken. */
  stuck?: number;
  isStopping: boolean;
}

export interface HostClientOptions {
  socket: string;
  /** Seconds that a call may take when the caller says nothing. */
  timeout: number;
  /** Where the host notes the calls that wait; without it a call that a host took counts as begun when that ends. */
  stateDirectory?: string;
}

/** Milliseconds in which a host says whether it is idle; one that takes longer is not. */
const promptness = 200;

/** Calls at once over one client; more wait for their turn. */
const mostConnections = 256;

/** Of a call for which `takeTurn` has held a turn. */
export interface HostCallOptions extends CallOptions {
  turn?: string;
}

/**
 * How a host answered who asked for a turn: `busy` with the calls that it runs at once, or with an answer to the call.
 * `absent`: nobody listens. `lost`: it has ended meanwhile, or does not react.
 */
export type TurnReply =
  | { status: 'turn'; id: string; leave: (wasTaken: boolean) => void }
  | { status: 'busy'; limit: number | null }
  | { status: 'answer'; answer: Answer }
  | { status: 'absent' | 'lost' };

interface Exchange {
  timeout: number;
  signal: AbortSignal | undefined;
  /** What the request says beside that, as JSON. */
  head: string;
}

/** Of inputs that were written from values: nothing in them is changed by a reader, so the host need not look for it. */
const isChecked = ',"checked":true';

const withTurn = (head: string, turn: string): string => `${head},"turn":"${turn}"`;

type BusyReply = { status: 'busy'; limit: number | null };

type HandOn<Chunk, Told> = (parts: AsyncIterable<string>) => AsyncGenerator<Chunk, Told | undefined>;

/** A stream's end as the host tells it, or, where it tells none, as it is explained here. */
type Outcome<Told> = { told: Told } | { explained: Answer };

const failure = (...why: Parameters<typeof callFailure>): string => JSON.stringify(callFailure(...why));

/** Calls a host. A connection carries one call at a time, so there are as many as there are calls at once. */
export class HostClient {
  private readonly idle: HostConnection[] = [];
  private readonly turns: (() => void)[] = [];
  private readonly prefix = `${process.pid.toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
  private isClosed = false;
  private busy = 0;
  private counter = 0;

  constructor(private readonly options: HostClientOptions) {}

  /** As `callText`, of values: see `writeInputs` and `readJson`. */
  async call(inputs: unknown, options: HostCallOptions = {}): Promise<Answer> {
    let text: string;
    try {
      const written = writeInputs(inputs);
      text = typeof written === 'string' ? written : await written;
    } catch (error) {
      return answerUnfit(error);
    }
    return readJson(await this.request(text, options, isChecked)) as Answer; // the host's own
  }

  /** JSON text in, the answer's JSON text out, neither parsed here. Never throws: what goes wrong is an answer. */
  callText(inputs: string, options: HostCallOptions = {}): Promise<string> {
    return this.request(inputs, options, '');
  }

  /** The same call, its chunks as they come. Who leaves it before its answer cancels it. */
  async *stream(inputs: unknown, options: HostCallOptions = {}): AsyncGenerator<unknown, Answer> {
    let text: string;
    try {
      text = await writeInputs(inputs);
    } catch (error) {
      return answerUnfit(error);
    }
    const answer = yield* this.requestStream(text, options, { head: isChecked, handOn });
    return 'explained' in answer ? answer.explained : answer.told;
  }

  /** The same of text, and with the text of each chunk. */
  async *streamText(inputs: string, options: HostCallOptions = {}): AsyncGenerator<string, string> {
    const answer = yield* this.requestStream(inputs, options, { head: '', handOn: handOnText });
    return 'explained' in answer ? JSON.stringify(answer.explained) : answer.told;
  }

  private async request(inputs: string, options: HostCallOptions, head: string): Promise<string> {
    const { timeout = this.options.timeout, signal, turn } = options;
    if (signal?.aborted) return failure('CALL_CANCELLED', 'the call was cancelled before it began');
    if (this.busy >= mostConnections) await this.waitForTurn();
    this.busy += 1;
    try {
      return await this.exchange(inputs, { timeout, signal, head: turn === undefined ? head : withTurn(head, turn) });
    } finally {
      this.busy -= 1;
      this.turns.shift()?.();
    }
  }

  private async *requestStream<Chunk, Told>(
    inputs: string,
    options: HostCallOptions,
    { head, handOn }: Pick<Exchange, 'head'> & { handOn: HandOn<Chunk, Told> },
  ): AsyncGenerator<Chunk, Outcome<Told>> {
    const { timeout = this.options.timeout, signal, turn } = options;
    if (signal?.aborted) return { explained: callFailure('CALL_CANCELLED', 'the call was cancelled before it began') };
    if (this.busy >= mostConnections) await this.waitForTurn();
    this.busy += 1;
    try {
      return yield* this.exchangeStream(inputs, {
        ...{ timeout, signal, handOn },
        head: turn === undefined ? head : withTurn(head, turn),
      });
    } finally {
      this.busy -= 1;
      this.turns.shift()?.();
    }
  }

  /**
   * Asks for the turn of a call that is made then: at once, or when it has come. `leave` gives back a turn that is not
   * taken, and has to be called in any case.
   */
  async takeTurn(request: { mayWait: boolean; timeout: number; signal?: AbortSignal }): Promise<TurnReply> {
    const { mayWait, timeout, signal } = request;
    const connection = await this.connect();
    if (connection === undefined) return { status: 'absent' };
    const id = this.nextId();
    const leave = () => connection.close();
    signal?.addEventListener('abort', leave, { once: true });
    if (signal?.aborted) leave();
    const patience = new Alarm(mayWait ? timeout * 1000 + lateness : promptness, leave);
    try {
      const head = `{"type":"turn","id":"${id}","timeout":${timeout},"mayWait":${mayWait}}`;
      const told = JSON.parse(await connection.request(head)) as Answer | { status: 'turn' } | BusyReply;
      if (told.status === 'turn') {
        const giveBack = (wasTaken: boolean) => (wasTaken ? this.keep(connection) : connection.close());
        return { status: 'turn', id, leave: giveBack };
      }
      if (told.status !== 'busy') return { status: 'answer', answer: checkAnswer(told) };
      this.keep(connection);
      return told;
    } catch {
      return { status: 'lost' };
    } finally {
      patience.clear();
      signal?.removeEventListener('abort', leave);
    }
  }

  /** Who is there; rejects when nobody answers within `timeout` milliseconds. Who asks often does so over one connection. */
  async ping(timeout: number): Promise<HostStatus> {
    const connection = this.takeIdle() ?? (await HostConnection.open(this.options.socket));
    const { output } = JSON.parse(await ask(connection, { type: 'ping' }, timeout));
    this.keep(connection);
    return output as HostStatus;
  }

  /** Asks it to end once its calls are over; rejects when nobody answers within `timeout` milliseconds. */
  async stop(timeout: number): Promise<boolean> {
    const connection = await HostConnection.open(this.options.socket);
    const { status } = JSON.parse(await ask(connection, { type: 'stop' }, timeout)) as Answer;
    connection.close();
    return status === 'success';
  }

  /** Lets go of all connections: calls that are running end as they would, a later one connects for itself alone. */
  close(): void {
    this.isClosed = true;
    for (const connection of this.idle.splice(0)) connection.close();
  }

  private async exchange(inputs: string, { timeout, signal, head }: Exchange): Promise<string> {
    const connection = await this.connect();
    if (connection === undefined) return JSON.stringify(this.notRunning());
    const id = this.nextId();
    const deadline = new HostDeadline(connection, timeout);
    const cancel = () => {
      deadline.bringForward();
      void this.cancel(id);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const answer = await connection.request(`{"type":"call","id":"${id}","timeout":${timeout}${head}}`, inputs);
      this.release(connection, answer);
      return checkAnswerText(answer);
    } catch (error) {
      return JSON.stringify(await this.explainEnd(error, id, deadline));
    } finally {
      deadline.clear();
      signal?.removeEventListener('abort', cancel);
    }
  }

  private async *exchangeStream<Chunk, Told>(
    inputs: string,
    { timeout, signal, head, handOn }: Exchange & { handOn: HandOn<Chunk, Told> },
  ): AsyncGenerator<Chunk, Outcome<Told>> {
    const connection = await HostStream.open(this.options.socket).catch(() => undefined);
    if (connection === undefined) return { explained: this.notRunning() };
    const id = this.nextId();
    const deadline = new HostDeadline(connection, timeout);
    const cancel = () => {
      deadline.bringForward();
      void this.cancel(id);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    let isOver = false;
    try {
      const request = `{"type":"call","stream":true,"id":"${id}","timeout":${timeout}${head}}`;
      const told = yield* handOn(connection.exchange(request, inputs));
      isOver = true;
      return told === undefined ? { explained: await this.explainEnd(undefined, id, deadline) } : { told };
    } catch (error) {
      isOver = true;
      return { explained: await this.explainEnd(error, id, deadline) };
    } finally {
      deadline.clear();
      signal?.removeEventListener('abort', cancel);
      if (!isOver) await this.cancel(id);
      connection.close();
    }
  }

  /** The answer to a call whose connection has ended. */
  private async explainEnd(error: unknown, id: string, deadline: HostDeadline): Promise<Answer> {
    const { stateDirectory } = this.options;
    const answer = deadline.explain();
    if (answer.status !== 'error' || answer.error.code !== 'CALL_LOST') return answer;
    const isWaiting = wasNeverRead(error) || (stateDirectory !== undefined && (await wasWaiting(stateDirectory, id)));
    return isWaiting ? neverBegun('the process ended before the call was begun') : answer;
  }

  private nextId(): string {
    this.counter += 1;
    return `${this.prefix}-${this.counter}`;
  }

  private notRunning(): Answer {
    return callFailure('NOT_RUNNING', `the software is not up: nothing answers on ${this.options.socket}`);
  }

  private waitForTurn(): Promise<void> {
    return new Promise((resolve) => this.turns.push(resolve));
  }

  /** Over a connection of its own: the call's is taken. */
  private async cancel(id: string): Promise<void> {
    const connection = await HostConnection.open(this.options.socket).catch(() => undefined);
    if (connection === undefined) return;
    await ask(connection, { type: 'cancel', id }, lateness).catch(() => undefined);
    connection.close();
  }

  private async connect(): Promise<HostConnection | undefined> {
    return this.takeIdle() ?? (await HostConnection.open(this.options.socket).catch(() => undefined));
  }

  private takeIdle(): HostConnection | undefined {
    for (let idle = this.idle.pop(); idle !== undefined; idle = this.idle.pop()) if (idle.isOpen) return idle;
    return undefined;
  }

  /** Keeps the connection for the next call, unless its thread may still be at work for a call that the host ended. */
  private release(connection: HostConnection, answer: string): void {
    const isEnded = answer.startsWith('{"status": "error"') && /"code": "CALL_(TIMEOUT|CANCELLED)"/.test(answer);
    if (isEnded) connection.close();
    else this.keep(connection);
  }

  private keep(connection: HostConnection): void {
    if (this.isClosed) connection.close();
    else this.idle.push(connection);
  }
}

/** Of a host that has ended: the connection was reset, because the request was not taken from it any more. */
const wasNeverRead = (error: unknown): boolean =>
  ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Rejects, and closes the connection, when no answer comes within `timeout` milliseconds. */
async function ask(connection: HostConnection, request: Record<string, string>, timeout: number): Promise<string> {
  const timer = setTimeout(() => connection.close(), timeout);
  try {
    return await connection.request(JSON.stringify(request));
  } finally {
    clearTimeout(timer);
  }
}
