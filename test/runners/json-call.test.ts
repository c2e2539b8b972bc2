import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { callJson } from '../../src/runners/json-call.js';
import { atTheEnd } from '../support/temporary.js';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  atTheEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/deeds?x=1`;
}

const replying = (status: number, body: string, type = 'application/json') =>
  serve((_, response) => response.writeHead(status, { 'content-type': type }).end(body));

const call = (url: string, inputs: unknown = {}) => callJson({ url, inputs, timeout: 5 });

test('the inputs are POSTed as JSON', async () => {
  const url = await serve(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify([request.method, request.url, request.headers['content-type'], body]));
  });
  const output = ['POST', '/deeds?x=1', 'application/json', '{"a":"ü"}'];
  expect(await call(url, { a: 'ü' })).toEqual({ status: 'success', output });
  expect(await call(url, null)).toMatchObject({ output: expect.arrayContaining(['null']) });
});

test.each([
  ['JSON is the output', 200, '{"a":[1]}', 'application/json; charset=utf-8', { a: [1] }],
  ['nothing is null', 204, '', 'application/json', null],
  ['text is text', 201, '12', 'text/plain', '12'],
  ['JSON that is none is text', 200, '{"a":', 'application/json', '{"a":'],
])('%s', async (_, status, body, type, output) => {
  expect(await call(await replying(status, body, type))).toEqual({ status: 'success', output });
});

test('an answer of the software itself is passed on', async () => {
  const answer = { status: 'error', error: { code: 'QUOTA', message: 'none left' } };
  expect(await call(await replying(200, JSON.stringify(answer)))).toEqual(answer);
});

test.each([
  [500, 'CALL_FAILED'],
  [404, 'CALL_FAILED'],
  [302, 'CALL_FAILED'],
  [422, 'CALL_INPUT'],
])('a reply of %d is %s with what it says', async (status, code) => {
  expect(await call(await replying(status, 'because', 'text/plain'))).toEqual({
    status: 'error',
    error: { code, message: `POST /deeds was answered with ${status}: because` },
  });
});

test('a server that ends within its reply is a lost call', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setTimeout(() => response.destroy(), 50);
  });
  expect(await call(url)).toMatchObject({ error: { code: 'CALL_LOST' } });
});
