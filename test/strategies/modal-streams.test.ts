/** @needs python3 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { streamWeb } from '../../strategies/modal/calls/stream-web.js';
import { parseModalInterface } from '../../strategies/modal/modal-interface.js';
import { readStream } from '../support/read-stream.js';
import { requireFailure } from './conformance.js';

/** Simulates an endpoint: the tests write its reply. */
let reply: ServerResponse;
const server = createServer((request, response) => {
  request.resume();
  reply = response;
  server.emit('received', request);
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const stream = (timeout = 20) => {
  const target = parseModalInterface({ type: 'modal', file: 'a.py', function_name: 'f', call: 'http', path: '/' });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return streamWeb({ target, url, inputs: { count: 2 } }, { timeout });
};

const kinds: [type: string, sent: [string, string], chunks: unknown[], output: unknown][] = [
  ['text/event-stream', ['data: {"at": 0}\n\n', 'data: plain\n\n'], [{ at: 0 }, 'plain'], [{ at: 0 }, 'plain']],
  ['application/x-ndjson', ['{"at": 0}\n', '{"at": 1}'], [{ at: 0 }, { at: 1 }], [{ at: 0 }, { at: 1 }]],
  ['text/plain; charset=utf-8', ['one ', 'two'], ['one ', 'two'], 'one two'],
];

test.each(kinds)('chunks of %s are yielded as they arrive', async (type, [first, second], chunks, output) => {
  const parts = stream();
  const next = parts.next();
  await once(server, 'received');
  reply.writeHead(200, { 'content-type': type });
  reply.write(first);
  expect(await next).toEqual({ done: false, value: chunks[0] }); // the second is not sent yet
  reply.end(second);
  expect(await readStream(parts)).toEqual({
    chunks: chunks.slice(1),
    answer: { status: 'success', output },
  });
});

test('a reply with one value, or an error, streams only its answer', async () => {
  const single = readStream(stream());
  await once(server, 'received');
  reply.writeHead(200, { 'content-type': 'application/json' }).end('{"label": "a"}');
  expect(await single).toEqual({ chunks: [], answer: { status: 'success', output: { label: 'a' } } });
  const refused = readStream(stream());
  await once(server, 'received');
  reply.writeHead(422, { 'content-type': 'text/plain' }).end('count is no number');
  const { chunks, answer } = await refused;
  expect([chunks, requireFailure(answer).code]).toEqual([[], 'CALL_INPUT']);
});

test('a redirect is followed, an endpoint that ends early loses the stream, and a deadline ends it', async () => {
  const parts = stream();
  const next = parts.next();
  await once(server, 'received');
  reply.writeHead(303, { location: '/later' }).end();
  const [request] = await once(server, 'received');
  expect([request.method, request.url]).toEqual(['GET', '/later']);
  reply.writeHead(200, { 'content-type': 'text/plain' }).write('so far');
  expect((await next).value).toBe('so far');
  reply.destroy();
  expect(requireFailure((await readStream(parts)).answer).code).toBe('CALL_LOST');
  const late = readStream(stream(0.3));
  await once(server, 'received');
  reply.writeHead(200, { 'content-type': 'text/plain' }).write('and then');
  expect(requireFailure((await late).answer).code).toBe('CALL_TIMEOUT');
});

test('a reader that leaves a stream closes the connection', async () => {
  const parts = stream();
  const next = parts.next();
  await once(server, 'received');
  reply.writeHead(200, { 'content-type': 'text/plain' }).write('enough');
  const closed = once(reply, 'close');
  await next;
  await parts.return(undefined as never);
  await closed;
});
