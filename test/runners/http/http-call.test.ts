import { Agent, createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Answer } from '../../../src/contract/answer.js';
import { withDeadline } from '../../../src/runners/call-deadline.js';
import { CancelSource } from '../../../src/runners/cancel-source.js';
import { callHttp } from '../../../src/runners/http/http-call.js';

async function whileServing<Value>(listener: RequestListener, body: (url: string) => Promise<Value>): Promise<Value> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    return await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const callWithin = (url: string, timeout: number, signal?: AbortSignal): Promise<Answer> =>
  withDeadline({ timeout, ...(signal && { signal }) }, async (signal) => {
    const { body } = await callHttp({ url, signal });
    return { status: 'success', output: body.toString() };
  });

test('an agent’s idle timeout does not end a running call', async () => {
  const agent = new Agent({ keepAlive: true, timeout: 100 });
  const reply = await whileServing(
    (_, response) => void sleep(400).then(() => response.end('late')),
    (url) => callHttp({ url, agent }),
  );
  expect([reply.status, reply.body.toString(), reply.isComplete]).toEqual([200, 'late', true]);
});

test('a truncated body is incomplete', async () => {
  const { isComplete, body } = await whileServing(
    (_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
      setTimeout(() => response.destroy(), 50);
    },
    (url) => callHttp({ url }),
  );
  expect([isComplete, body.toString()]).toEqual([false, 'half']);
});

test.each<[string, RequestListener, number]>([
  ['before it answers', () => undefined, 0.1],
  ['in the middle of its body', (_, response) => void response.write('half'), 0.1],
])('a server that stops %s is a call that times out', async (_, listener, timeout) => {
  const answer = await whileServing(listener, (url) => callWithin(url, timeout));
  expect(answer).toMatchObject({ error: { code: 'CALL_TIMEOUT', message: 'the call took longer than its 0.1 s' } });
});

test('a canceled call, a lost call and a refused connection become answers', async () => {
  const cancel = new AbortController();
  setTimeout(() => cancel.abort(), 50);
  const cancelled = await whileServing(
    () => undefined,
    (url) => callWithin(url, 5, cancel.signal),
  );
  const lost = await whileServing(
    (request) => request.socket.destroy(),
    (url) => callWithin(url, 5),
  );
  const unheard = await callWithin('http://127.0.0.1:1/', 5);
  expect([cancelled, lost, unheard]).toMatchObject([
    { error: { code: 'CALL_CANCELLED' } },
    { error: { code: 'CALL_LOST' } },
    { error: { code: 'NOT_RUNNING' } },
  ]);
});

test('a cancel source ends a call like a signal, before it begins and while it runs', async () => {
  const ending = new CancelSource();
  const never: RequestListener = () => undefined;
  await whileServing(never, async (url) => {
    setTimeout(() => ending.cancel(new Error('enough')), 50);
    await expect(callHttp({ url, cancelSource: ending })).rejects.toThrow('enough');
    await expect(callHttp({ url, cancelSource: ending })).rejects.toThrow('enough');
  });
  expect(ending.signal).toMatchObject({ aborted: true, reason: ending.reason });
});
