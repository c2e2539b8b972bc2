import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { callJson, streamJson } from '../../../src/runners/http/json-call.js';
import { readStream } from '../../support/read-stream.js';
import { registerCleanup } from '../../support/temporary-directories.js';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  registerCleanup(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/deeds?x=1`;
}

const replying = (status: number, body: string, type?: string) =>
  serve((_, response) => response.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body));

const follow = (url: string) => streamJson({ url, inputs: {}, timeout: 5 });

const call = (url: string, inputs: unknown = {}) => callJson({ url, inputs, timeout: 5 });

test('the inputs are sent by POST as JSON', async () => {
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
  ['nothing of no type is null', 204, '', undefined, null],
  ['no text is text', 200, '', 'text/plain', ''],
  ['JSON that is none is text', 200, '{"a":', 'application/json', '{"a":'],
])('%s', async (_, status, body, type, output) => {
  expect(await call(await replying(status, body, type))).toEqual({ status: 'success', output });
});

test('an answer that the software builds is passed on', async () => {
  const answer = { status: 'error', error: { code: 'QUOTA', message: 'none left' } };
  expect(await call(await replying(200, JSON.stringify(answer), 'application/json'))).toEqual(answer);
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

test('a server that ends during its reply loses the call', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setTimeout(() => response.destroy(), 50);
  });
  expect(await call(url)).toMatchObject({ error: { code: 'CALL_LOST' } });
});

const events = 'text/event-stream; charset=utf-8';

test.each([
  ['texts are one', 'data: a\n\ndata: ü\n\ndata: [DONE]\n\n', events, ['a', 'ü'], 'aü'],
  [
    'words that read as JSON stay what was sent',
    'data: 1\n\ndata: "no"\n\ndata: {}\n\ndata: 9007199254740993\n\ndata: null\n\ndata: 1.0\n\n',
    events,
    ['1', '"no"', '{}', '9007199254740993', 'null', '1.0'],
    '1"no"{}9007199254740993null1.0',
  ],
  ['all else is a list', ': hello\n\ndata: {"n":1}\n\ndata: b\n\n', events, [{ n: 1 }, 'b'], [{ n: 1 }, 'b']],
  [
    'an event keeps its name',
    'event: end\ndata: 1\n\n',
    events,
    [{ event: 'end', data: '1' }],
    [{ event: 'end', data: '1' }],
  ],
  [
    'each line is a chunk',
    '{"n":1}\n\n[2]\nthree',
    'application/x-ndjson',
    [{ n: 1 }, [2], 'three'],
    [{ n: 1 }, [2], 'three'],
  ],
  ['an empty reply is an empty list', '', 'application/jsonl', [], []],
  ['a single value is no chunk', '[1]', 'application/json', [], [1]],
])('chunks of a reply: %s', async (_, body, type, chunks, output) => {
  const url = await replying(200, body, type);
  const answer = { status: 'success', output };
  expect(await readStream(follow(url))).toEqual({ chunks, answer });
  expect(await call(url)).toEqual(answer);
});

test('a chunk arrives before the next one exists, and a reader that leaves closes the connection', async () => {
  let accepted: string | undefined;
  let response: ServerResponse | undefined;
  const url = await serve((request, reply) => {
    accepted = request.headers.accept;
    response = reply.writeHead(200, { 'content-type': events });
    response.write('data: {"n":\ndata: 1}\n\n');
  });
  const parts = follow(url);
  expect(await parts.next()).toEqual({ done: false, value: { n: 1 } });
  expect(accepted).toContain('text/event-stream');
  response?.write('data: 2\n\n');
  expect(await parts.next()).toEqual({ done: false, value: 2 });
  const closed = once(response as ServerResponse, 'close');
  await parts.return({ status: 'success', output: null });
  await closed;
});

test('a stream that fails ends with the error after its chunks', async () => {
  const failing = await replying(200, 'data: 1\n\nevent: error\ndata: out of memory\n\n', events);
  const error = { code: 'CALL_FAILED', message: 'the stream ended with an error: out of memory' };
  expect(await readStream(follow(failing))).toMatchObject({ chunks: ['1'], answer: { error } });
  expect(await call(failing)).toMatchObject({ error });
  const refusing = await replying(422, 'because', events);
  expect(await readStream(follow(refusing))).toMatchObject({ chunks: [], answer: { error: { code: 'CALL_INPUT' } } });
  const breaking = await serve((_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write('1\n');
    setTimeout(() => response.destroy(), 50);
  });
  expect(await readStream(follow(breaking))).toMatchObject({ chunks: [1], answer: { error: { code: 'CALL_LOST' } } });
  const hanging = await serve(
    (_, response) => void response.writeHead(200, { 'content-type': events }).write('data: 1\n\n'),
  );
  const late = await readStream(streamJson({ url: hanging, inputs: {}, timeout: 1 }));
  expect(late).toMatchObject({ chunks: ['1'], answer: { error: { code: 'CALL_TIMEOUT' } } });
});
