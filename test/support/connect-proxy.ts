import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { registerCleanup } from './temporary-directories.js';

/** HTTP proxy on loopback that connects every host to one local port. */
export interface ConnectProxy {
  /** Address: `http://127.0.0.1:PORT`. */
  address: string;
  /** HOST:PORT of each requested connection. */
  targets: string[];
}

export interface ProxyOptions {
  /** Target port of all connections. */
  port: number;
  /** Required credentials, `user:password`. */
  credentials?: string;
}

export async function startConnectProxy({ port, credentials }: ProxyOptions): Promise<ConnectProxy> {
  const targets: string[] = [];
  const open = new Set<Duplex>();
  const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
  const server: Server = createServer((_, answer) => answer.writeHead(405).end());
  server.on('connect', (request, client: Duplex) => {
    open.add(client.on('close', () => open.delete(client)).on('error', () => undefined));
    if (expected && request.headers['proxy-authorization'] !== expected)
      return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
    targets.push(request.url ?? '');
    const target = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    target.on('error', () => client.destroy());
    client.on('close', () => target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registerCleanup(() => {
    for (const client of open) client.destroy();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, targets };
}
