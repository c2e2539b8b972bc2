import { createHash, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** Storage of large payloads over plain HTTP. */
export class Blobs {
  private readonly contents = new Map<string, Buffer>();
  private readonly server: Server;

  constructor() {
    this.server = createServer(async (request, response) => {
      const id = (request.url ?? '').slice(1);
      if (request.method === 'PUT') {
        const content = await buffer(request);
        this.contents.set(id, content);
        response.setHeader('ETag', `"${createHash('md5').update(content).digest('hex')}"`);
        response.end();
        return;
      }
      const content = this.contents.get(id);
      response.statusCode = content === undefined ? 404 : 200;
      response.end(content);
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  add(content: Buffer): string {
    const id = randomUUID();
    this.contents.set(id, content);
    return id;
  }

  get(id: string): Buffer {
    return this.contents.get(id) ?? Buffer.alloc(0);
  }

  urlOf(id: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${id}`;
  }

  newId(): string {
    return randomUUID();
  }
}
