import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

// What the fakes of paid clouds share: a server on loopback, JSON answers, and endpoints that are really served behind it.

export type RequestHandler = (asked: IncomingMessage, answer: ServerResponse) => Promise<void>;

export async function listenOnLoopback(handle: RequestHandler): Promise<{ server: Server; address: string }> {
  const server = createServer((asked, answer) => {
    handle(asked, answer).catch((error: unknown) => sendJson(answer, 500, { message: String(error) }));
  });
  server.keepAliveTimeout = 60_000; // as gateways do: none closes a connection that a client is about to use again
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

/** Passes a request on to what is served on the port, and its answer back. */
export function forward(
  asked: IncomingMessage,
  answer: ServerResponse,
  { port, path }: { port: number; path: string },
): void {
  const { method, headers } = asked;
  // Each on a connection of its own: one that is idle may be closed by the server just when it is used again.
  const call = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (reply) => {
    if (answer.destroyed) return void reply.destroy();
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    pipeline(reply, answer, () => undefined); // what ends half-way ends so for the caller, too
  });
  call.on('error', () => answer.destroy());
  asked.pipe(call);
}

export async function isAnsweringOk(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
