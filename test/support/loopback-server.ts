import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

// Shared by the fakes of paid clouds: a server on loopback, JSON answers, and a proxy to real endpoints.

export type RequestHandler = (incoming: IncomingMessage, answer: ServerResponse) => Promise<void>;

export async function listenOnLoopback(handle: RequestHandler): Promise<{ server: Server; address: string }> {
  const server = createServer((incoming, answer) => {
    handle(incoming, answer).catch((error: unknown) => sendJson(answer, 500, { message: String(error) }));
  });
  server.keepAliveTimeout = 60_000; // like gateways, so that no idle connection closes when a client reuses it
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

export function sendJson(answer: ServerResponse, status: number, body: unknown): void {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Forwards a request to a port and returns the answer. */
export function forward(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { port, path }: { port: number; path: string },
): void {
  const { method, headers } = incoming;
  // A new connection each time, because the server may close an idle one while it is reused.
  const call = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (reply) => {
    if (answer.destroyed) return void reply.destroy();
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    pipeline(reply, answer, () => undefined); // an interrupted answer is interrupted for the caller too
  });
  call.on('error', () => answer.destroy());
  incoming.pipe(call);
}

export async function isAnsweringOk(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
