import type { Answer } from '../../contract/answer.js';
import { readJson } from '../../json/read-json.js';
import { writeInputs } from '../../json/write-inputs.js';
import { answerInvalidInputs } from '../answer-invalid-inputs.js';
import { createErrorAnswer } from '../call-deadline.js';
import { checkAnswerText } from '../check-answer.js';
import { acquireTurn, type TurnReply, type TurnRequest } from './acquire-turn.js';
import { ConnectionPool } from './connection-pool.js';
import { HostCall, type HostCallOptions, type HostClientOptions } from './host-call.js';
import { HostConnection } from './host-connection.js';
import type { HostStatus } from './host-status.js';
import { forwardHostChunks, forwardHostChunkTexts, HostStream } from './host-stream.js';

/** Marks inputs that were written from values: no reader changes them, so the host process need not check that. */
const checkedField = ',"checked":true';
const streamField = ',"stream":true';

const canceledBeforeStart = createErrorAnswer('CALL_CANCELLED', 'the call was cancelled before it began');

/** End of a stream: the answer of the host process, or the failure that prevented one. */
type StreamResult<Reply> = { answer: Reply } | { failure: Answer };

interface StreamRequest<Chunk, Reply> {
  inputs: string;
  fields: string;
  forward: (parts: AsyncIterable<string>) => AsyncGenerator<Chunk, Reply | undefined>;
}

/** Calls a host process. A connection carries one call at a time, so there are as many as concurrent calls. */
export class HostClient {
  private readonly pool: ConnectionPool;
  private readonly prefix = `${process.pid.toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
  private counter = 0;

  constructor(private readonly options: HostClientOptions) {
    this.pool = new ConnectionPool(options.socket);
  }

  /** Makes a call with values, as `writeInputs` and `readJson` convert them. Never throws: failures are answers. */
  async call(inputs: unknown, options: HostCallOptions = {}): Promise<Answer> {
    let text: string;
    try {
      const written = writeInputs(inputs);
      text = typeof written === 'string' ? written : await written;
    } catch (error) {
      return answerInvalidInputs(error);
    }
    return readJson(await this.request(text, options, checkedField)) as Answer; // checked as text
  }

  /** Makes a call with JSON text and returns JSON text. Parses neither. Never throws: failures are answers. */
  callText(inputs: string, options: HostCallOptions = {}): Promise<string> {
    return this.request(inputs, options, '');
  }

  /** Makes a call and yields its chunks as they arrive. Leaving the stream before its answer cancels the call. */
  async *stream(inputs: unknown, options: HostCallOptions = {}): AsyncGenerator<unknown, Answer> {
    let text: string;
    try {
      text = await writeInputs(inputs);
    } catch (error) {
      return answerInvalidInputs(error);
    }
    const request = { inputs: text, fields: streamField + checkedField, forward: forwardHostChunks };
    const result = yield* this.requestStream(request, options);
    return 'failure' in result ? result.failure : result.answer;
  }

  /** Makes a call with JSON text and yields the JSON text of its chunks. */
  async *streamText(inputs: string, options: HostCallOptions = {}): AsyncGenerator<string, string> {
    const request = { inputs, fields: streamField, forward: forwardHostChunkTexts };
    const result = yield* this.requestStream(request, options);
    return 'failure' in result ? JSON.stringify(result.failure) : result.answer;
  }

  /** Requests the turn of a call that is made when the turn comes. Always call `release` of a turn. */
  acquireTurn(request: TurnRequest): Promise<TurnReply> {
    return acquireTurn(this.pool, this.createId(), request);
  }

  /** Returns the status. Rejects if no answer arrives within `timeout` milliseconds. Reuses its connection. */
  async ping(timeout: number): Promise<HostStatus> {
    const connection = await this.pool.open();
    const { output } = JSON.parse(await connection.requestWithTimeout({ type: 'ping' }, timeout));
    this.pool.keep(connection);
    return output as HostStatus;
  }

  /** Asks the host process to end once its calls have ended. Rejects if no answer arrives within `timeout` milliseconds. */
  async stop(timeout: number): Promise<boolean> {
    const connection = await HostConnection.open(this.options.socket);
    const { status } = JSON.parse(await connection.requestWithTimeout({ type: 'stop' }, timeout)) as Answer;
    connection.close();
    return status === 'success';
  }

  /** Closes idle connections. Calls in progress continue; a later call opens its own connection. */
  close(): void {
    this.pool.close();
  }

  private async request(inputs: string, options: HostCallOptions, fields: string): Promise<string> {
    if (options.signal?.aborted) return JSON.stringify(canceledBeforeStart);
    if (this.pool.isFull) await this.pool.waitForCall();
    this.pool.beginCall();
    try {
      return await this.exchange(inputs, options, fields);
    } finally {
      this.pool.endCall();
    }
  }

  private async *requestStream<Chunk, Reply>(
    request: StreamRequest<Chunk, Reply>,
    options: HostCallOptions,
  ): AsyncGenerator<Chunk, StreamResult<Reply>> {
    if (options.signal?.aborted) return { failure: canceledBeforeStart };
    if (this.pool.isFull) await this.pool.waitForCall();
    this.pool.beginCall();
    try {
      return yield* this.exchangeStream(request, options);
    } finally {
      this.pool.endCall();
    }
  }

  private async exchange(inputs: string, options: HostCallOptions, fields: string): Promise<string> {
    const connection = await this.pool.connect();
    if (connection === undefined) return JSON.stringify(this.createNotRunning());
    const call = this.createCall(connection, options);
    try {
      const answer = await connection.request(call.createRequest(fields), inputs);
      this.pool.keepAnswered(connection, answer);
      return checkAnswerText(answer);
    } catch (error) {
      return JSON.stringify(await call.explainDisconnect(error));
    } finally {
      call.release();
    }
  }

  private async *exchangeStream<Chunk, Reply>(
    { inputs, fields, forward }: StreamRequest<Chunk, Reply>,
    options: HostCallOptions,
  ): AsyncGenerator<Chunk, StreamResult<Reply>> {
    const connection = await HostStream.open(this.options.socket).catch(() => undefined);
    if (connection === undefined) return { failure: this.createNotRunning() };
    const call = this.createCall(connection, options);
    let hasEnded = false;
    try {
      const answer = yield* forward(connection.exchange(call.createRequest(fields), inputs));
      hasEnded = true;
      return answer === undefined ? { failure: await call.explainDisconnect() } : { answer };
    } catch (error) {
      hasEnded = true;
      return { failure: await call.explainDisconnect(error) };
    } finally {
      call.release();
      if (!hasEnded) await call.cancel();
      connection.close();
    }
  }

  private createCall(connection: { close(): void }, options: HostCallOptions): HostCall {
    return new HostCall(this.createId(), options, this.options, connection);
  }

  private createId(): string {
    this.counter += 1;
    return `${this.prefix}-${this.counter}`;
  }

  private createNotRunning(): Answer {
    return createErrorAnswer('NOT_RUNNING', `the software is not up: nothing answers on ${this.options.socket}`);
  }
}
