import type { Answer } from '../../contract/answer.js';
import { readJson } from '../../json/read-json.js';
import { writeInputs } from '../../json/write-inputs.js';
import { answerInvalidInputs } from '../answer-invalid-inputs.js';
import { createErrorAnswer } from '../call-deadline.js';
import { checkAnswer, checkAnswerText } from '../check-answer.js';
import { DeadlineTimer } from '../deadline-timer.js';
import type { CallOptions } from '../runner.js';
import { createUnstartedAnswer } from '../unstarted-call.js';
import { HostConnection } from './host-connection.js';
import { HostDeadline, replyGrace } from './host-deadline.js';
import { forwardHostChunks, forwardHostChunkTexts, HostStream } from './host-stream.js';
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
const idleReplyTimeout = 200;

/** Calls at once over one client; more wait for their turn. */
const maxConnections = 256;

/** Of a call for which `takeTurn` has held a turn. */
export interface HostCallOptions extends CallOptions {
  turn?: string;
}

/**
 * How a host answered who asked for a turn: `busy` with the calls that it runs at once, or with an answer to the call.
 * `absent`: nobody listens. `lost`: it has ended meanwhile, or does not react.
 */
export type TurnReply =
  | { status: 'turn'; id: string; release: (wasTaken: boolean) => void }
  | { status: 'busy'; limit: number | null }
  | { status: 'answer'; answer: Answer }
  | { status: 'absent' | 'lost' };

interface ExchangeOptions {
  timeout: number;
  signal: AbortSignal | undefined;
  /** What the request says beside that, as JSON. */
  requestFields: string;
}

/** Of inputs that were written from values: nothing in them is changed by a reader, so the host need not look for it. */
const checkedField = ',"checked":true';

const addTurn = (head: string, turn: string): string => `${head},"turn":"${turn}"`;

type BusyReply = { status: 'busy'; limit: number | null };

type ForwardChunks<Chunk, Told> = (parts: AsyncIterable<string>) => AsyncGenerator<Chunk, Told | undefined>;

/** A stream's end as the host tells it, or, where it tells none, as it is explained here. */
type Outcome<Told> = { answer: Told } | { failure: Answer };

const encodeFailure = (...why: Parameters<typeof createErrorAnswer>): string =>
  JSON.stringify(createErrorAnswer(...why));

/** Calls a host. A connection carries one call at a time, so there are as many as there are calls at once. */
export class HostClient {
  private readonly idle: HostConnection[] = [];
  private readonly waiters: (() => void)[] = [];
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
      return answerInvalidInputs(error);
    }
    return readJson(await this.request(text, options, checkedField)) as Answer; // the host's own
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
      return answerInvalidInputs(error);
    }
    const answer = yield* this.requestStream(text, options, { requestFields: checkedField, handOn: forwardHostChunks });
    return 'failure' in answer ? answer.failure : answer.answer;
  }

  /** The same of text, and with the text of each chunk. */
  async *streamText(inputs: string, options: HostCallOptions = {}): AsyncGenerator<string, string> {
    const answer = yield* this.requestStream(inputs, options, { requestFields: '', handOn: forwardHostChunkTexts });
    return 'failure' in answer ? JSON.stringify(answer.failure) : answer.answer;
  }

  private async request(inputs: string, options: HostCallOptions, head: string): Promise<string> {
    const { timeout = this.options.timeout, signal, turn } = options;
    if (signal?.aborted) return encodeFailure('CALL_CANCELLED', 'the call was cancelled before it began');
    if (this.busy >= maxConnections) await this.waitForConnection();
    this.busy += 1;
    try {
      return await this.exchange(inputs, {
        timeout,
        signal,
        requestFields: turn === undefined ? head : addTurn(head, turn),
      });
    } finally {
      this.busy -= 1;
      this.waiters.shift()?.();
    }
  }

  private async *requestStream<Chunk, Told>(
    inputs: string,
    options: HostCallOptions,
    {
      requestFields,
      handOn: forwardChunks,
    }: Pick<ExchangeOptions, 'requestFields'> & { handOn: ForwardChunks<Chunk, Told> },
  ): AsyncGenerator<Chunk, Outcome<Told>> {
    const { timeout = this.options.timeout, signal, turn } = options;
    if (signal?.aborted)
      return { failure: createErrorAnswer('CALL_CANCELLED', 'the call was cancelled before it began') };
    if (this.busy >= maxConnections) await this.waitForConnection();
    this.busy += 1;
    try {
      return yield* this.exchangeStream(inputs, {
        ...{ timeout, signal, handOn: forwardChunks },
        requestFields: turn === undefined ? requestFields : addTurn(requestFields, turn),
      });
    } finally {
      this.busy -= 1;
      this.waiters.shift()?.();
    }
  }

  /**
   * Asks for the turn of a call that is made then: at once, or when it has come. `leave` gives back a turn that is not
   * taken, and has to be called in any case.
   */
  async acquireTurn(request: { mayWait: boolean; timeout: number; signal?: AbortSignal }): Promise<TurnReply> {
    const { mayWait, timeout, signal } = request;
    const connection = await this.connect();
    if (connection === undefined) return { status: 'absent' };
    const id = this.nextId();
    const leave = () => connection.close();
    signal?.addEventListener('abort', leave, { once: true });
    if (signal?.aborted) leave();
    const patience = new DeadlineTimer(mayWait ? timeout * 1000 + replyGrace : idleReplyTimeout, leave);
    try {
      const head = `{"type":"turn","id":"${id}","timeout":${timeout},"mayWait":${mayWait}}`;
      const reply = JSON.parse(await connection.request(head)) as Answer | { status: 'turn' } | BusyReply;
      if (reply.status === 'turn') {
        const releaseTurn = (wasTaken: boolean) => (wasTaken ? this.keepIdle(connection) : connection.close());
        return { status: 'turn', id, release: releaseTurn };
      }
      if (reply.status !== 'busy') return { status: 'answer', answer: checkAnswer(reply) };
      this.keepIdle(connection);
      return reply;
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
    const { output } = JSON.parse(await requestWithTimeout(connection, { type: 'ping' }, timeout));
    this.keepIdle(connection);
    return output as HostStatus;
  }

  /** Asks it to end once its calls are over; rejects when nobody answers within `timeout` milliseconds. */
  async stop(timeout: number): Promise<boolean> {
    const connection = await HostConnection.open(this.options.socket);
    const { status } = JSON.parse(await requestWithTimeout(connection, { type: 'stop' }, timeout)) as Answer;
    connection.close();
    return status === 'success';
  }

  /** Lets go of all connections: calls that are running end as they would, a later one connects for itself alone. */
  close(): void {
    this.isClosed = true;
    for (const connection of this.idle.splice(0)) connection.close();
  }

  private async exchange(inputs: string, { timeout, signal, requestFields }: ExchangeOptions): Promise<string> {
    const connection = await this.connect();
    if (connection === undefined) return JSON.stringify(this.notRunning());
    const id = this.nextId();
    const deadline = new HostDeadline(connection, timeout);
    const cancel = () => {
      deadline.cancel();
      void this.cancel(id);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const answer = await connection.request(
        `{"type":"call","id":"${id}","timeout":${timeout}${requestFields}}`,
        inputs,
      );
      this.release(connection, answer);
      return checkAnswerText(answer);
    } catch (error) {
      return JSON.stringify(await this.explainDisconnect(error, id, deadline));
    } finally {
      deadline.clear();
      signal?.removeEventListener('abort', cancel);
    }
  }

  private async *exchangeStream<Chunk, Told>(
    inputs: string,
    { timeout, signal, requestFields, handOn: forwardChunks }: ExchangeOptions & { handOn: ForwardChunks<Chunk, Told> },
  ): AsyncGenerator<Chunk, Outcome<Told>> {
    const connection = await HostStream.open(this.options.socket).catch(() => undefined);
    if (connection === undefined) return { failure: this.notRunning() };
    const id = this.nextId();
    const deadline = new HostDeadline(connection, timeout);
    const cancel = () => {
      deadline.cancel();
      void this.cancel(id);
    };
    signal?.addEventListener('abort', cancel, { once: true });
    let isOver = false;
    try {
      const request = `{"type":"call","stream":true,"id":"${id}","timeout":${timeout}${requestFields}}`;
      const reply = yield* forwardChunks(connection.exchange(request, inputs));
      isOver = true;
      return reply === undefined
        ? { failure: await this.explainDisconnect(undefined, id, deadline) }
        : { answer: reply };
    } catch (error) {
      isOver = true;
      return { failure: await this.explainDisconnect(error, id, deadline) };
    } finally {
      deadline.clear();
      signal?.removeEventListener('abort', cancel);
      if (!isOver) await this.cancel(id);
      connection.close();
    }
  }

  /** The answer to a call whose connection has ended. */
  private async explainDisconnect(error: unknown, id: string, deadline: HostDeadline): Promise<Answer> {
    const { stateDirectory } = this.options;
    const answer = deadline.explain();
    if (answer.status !== 'error' || answer.error.code !== 'CALL_LOST') return answer;
    const isWaiting = wasUnread(error) || (stateDirectory !== undefined && (await wasWaiting(stateDirectory, id)));
    return isWaiting ? createUnstartedAnswer('the process ended before the call was begun') : answer;
  }

  private nextId(): string {
    this.counter += 1;
    return `${this.prefix}-${this.counter}`;
  }

  private notRunning(): Answer {
    return createErrorAnswer('NOT_RUNNING', `the software is not up: nothing answers on ${this.options.socket}`);
  }

  private waitForConnection(): Promise<void> {
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  /** Over a connection of its own: the call's is taken. */
  private async cancel(id: string): Promise<void> {
    const connection = await HostConnection.open(this.options.socket).catch(() => undefined);
    if (connection === undefined) return;
    await requestWithTimeout(connection, { type: 'cancel', id }, replyGrace).catch(() => undefined);
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
    else this.keepIdle(connection);
  }

  private keepIdle(connection: HostConnection): void {
    if (this.isClosed) connection.close();
    else this.idle.push(connection);
  }
}

/** Of a host that has ended: the connection was reset, because the request was not taken from it any more. */
const wasUnread = (error: unknown): boolean =>
  ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Rejects, and closes the connection, when no answer comes within `timeout` milliseconds. */
async function requestWithTimeout(
  connection: HostConnection,
  request: Record<string, string>,
  timeout: number,
): Promise<string> {
  const timer = setTimeout(() => connection.close(), timeout);
  try {
    return await connection.request(JSON.stringify(request));
  } finally {
    clearTimeout(timer);
  }
}
