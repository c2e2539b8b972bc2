import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account, WebReply } from './account.js';

/** Server of the web endpoints; the first part of a path selects one. */
export class WebServer {
  /** Milliseconds after which a waiting client is redirected to a polling URL; 150,000 at Modal. */
  timeout = 150_000;
  private readonly late = new Map<string, Promise<WebReply>>();
  private readonly server: Server;

  constructor(private readonly account: Account) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.address);
    const [, id = '', ...rest] = url.pathname.split('/');
    const waited = url.searchParams.get('__modal_function_call_id');
    const reply =
      this.late.get(waited ?? '') ??
      this.serve(request, { id, path: `/${rest.join('/')}`, query: url.search.slice(1) });
    const found = await Promise.race([reply, sleep(this.timeout, undefined, { ref: false })]);
    if (found === undefined) {
      const name = `fc-${this.late.size}`;
      this.late.set(name, reply);
      response.writeHead(303, { location: `${url.pathname}?__modal_function_call_id=${name}` }).end();
      return;
    }
    const { 'content-length': _, ...headers } = found.headers;
    response.writeHead(found.status, headers).end(Buffer.from(found.body, 'base64'));
  }

  private async serve(request: IncomingMessage, { id, path, query }: Record<'id' | 'path' | 'query', string>) {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const body = (await buffer(request)).toString('base64');
    return await this.account.serve(id, { method: request.method ?? 'GET', path, query, headers, body });
  }
}
