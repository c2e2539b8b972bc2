import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { temporaryDirectory } from '../temporary-directories.js';
import { Account, type LogEntry, Refusal } from './account.js';
import { Blobs } from './blobs.js';
import { WebServer } from './web-server.js';

const descriptors = fileURLToPath(new URL('descriptors.py', import.meta.url));
const containerType = '3';
const largest = 200 * 2 ** 20;

type Handler = (request: never) => unknown;

/**
 * Fake of the part of Modal's cloud that deployments need, on loopback. The real command line and the real SDK talk to
 * it, and its containers run the uploaded code.
 */
export class FakeModal {
  readonly account: Account;
  /** Names of the received RPCs in order. */
  readonly received: string[] = [];
  /** Names of RPCs that are never answered. */
  readonly unanswered = new Set<string>();
  /** Accepted token. */
  token = { id: 'ak-test', secret: 'as-test' };
  private readonly server = new Server({
    'grpc.max_receive_message_length': largest,
    'grpc.max_send_message_length': largest,
  });
  private readonly blobs = new Blobs();
  readonly web: WebServer;
  private readonly directory = temporaryDirectory('berth-modal-');
  private port = 0;

  constructor(private readonly python: string) {
    this.account = new Account(python, this.directory, this.blobs);
    this.web = new WebServer(this.account);
  }

  async open(): Promise<void> {
    await this.blobs.open();
    await this.web.open();
    const set = execFileSync(this.python, [descriptors], { maxBuffer: 10 * 2 ** 20 });
    const loaded = loadFileDescriptorSetFromBuffer(set, { keepCase: true, longs: Number, defaults: true });
    const service = loaded['modal.client.ModalClient'] as ServiceDefinition;
    this.server.addService(service, this.implement(service));
    this.port = await new Promise<number>((resolve, reject) =>
      this.server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
    Object.assign(this.account, { address: this.variables.MODAL_SERVER_URL, webAddress: this.web.address });
  }

  close(): void {
    this.account.close();
    this.blobs.close();
    this.web.close();
    this.server.forceShutdown();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Variables of a worker's environment that select the fake. */
  get variables(): Record<string, string> {
    return {
      MODAL_SERVER_URL: `http://127.0.0.1:${this.port}`,
      MODAL_TOKEN_ID: this.token.id,
      MODAL_TOKEN_SECRET: this.token.secret,
      MODAL_CONFIG_PATH: '/dev/null',
    };
  }

  private implement(service: ServiceDefinition): UntypedServiceImplementation {
    const handlers = this.account.handlers as Record<string, Handler>;
    return Object.fromEntries(
      Object.entries(service).map(([name, { responseStream }]) => {
        const handler = handlers[name];
        if (name === 'FunctionCallGetDataOut') return [name, (call: ItemStream) => void this.streamItems(call)];
        if (responseStream) return [name, (call: LogStream) => void this.stream(call)];
        return [
          name,
          (call: Unary, answer: sendUnaryData<unknown>) => void this.answer({ name, call, answer, handler }),
        ];
      }),
    );
  }

  private async answer({ name, call, answer, handler }: PendingCall): Promise<void> {
    this.received.push(name);
    if (this.unanswered.has(name)) return;
    try {
      if (!this.isAllowed(call.metadata)) throw unauthenticated();
      if (handler === undefined) throw new Refusal(status.UNIMPLEMENTED, `no ${name} here`);
      answer(null, (await handler(call.request as never)) ?? {});
    } catch (error) {
      const { code = status.INTERNAL, message } = error as Partial<Refusal> & Error;
      answer({ code, details: message });
    }
  }

  private isAllowed(metadata: Metadata): boolean {
    const readHeader = (name: string) => String(metadata.get(name)[0] ?? '');
    if (readHeader('x-modal-client-type') === containerType) return true;
    return readHeader('x-modal-token-id') === this.token.id && readHeader('x-modal-token-secret') === this.token.secret;
  }

  /** Streams the values of a generator; stays open, because the reader knows their number. */
  private async streamItems(call: ItemStream): Promise<void> {
    const { function_call_id: id, last_index: last } = call.request;
    const items = await this.account.itemsOf(id);
    for (const item of items) if (item.index > last) call.write(item);
  }

  /** AppGetLogs: streams the existing log, then new lines. */
  private async stream(call: LogStream): Promise<void> {
    this.received.push('AppGetLogs');
    if (!this.isAllowed(call.metadata)) return void call.emit('error', unauthenticated());
    const { app_id: app, function_id: fn, last_entry_id: last } = call.request;
    let next = last === '' ? 0 : Number(last) + 1;
    const isWanted = (entry: LogEntry) => entry.appId === app && (fn === '' || entry.functionId === fn);
    while (!call.cancelled && !call.destroyed) {
      const { entries } = this.account.log;
      for (; next < entries.length; next += 1) {
        const entry = entries[next];
        if (entry !== undefined && isWanted(entry)) call.write({ items: [entry.item], entry_id: String(next) });
      }
      await Promise.race([once(this.account.log, 'entry'), once(call, 'cancelled')]);
    }
    call.end();
  }
}

const unauthenticated = (): Refusal => new Refusal(status.UNAUTHENTICATED, 'Token ID is invalid');

type Unary = ServerUnaryCall<unknown, unknown>;
type ItemStream = ServerWritableStream<{ function_call_id: string; last_index: number }, unknown>;
type LogStream = ServerWritableStream<{ app_id: string; function_id: string; last_entry_id: string }, unknown>;

interface PendingCall {
  name: string;
  call: Unary;
  answer: sendUnaryData<unknown>;
  handler: Handler | undefined;
}
