/** @needs python3 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import type { Answer } from '../../src/contract/answer.js';
import { chooseFreePort } from '../../src/processes/ports.js';
import { hostProgram } from '../../src/runners/host/launch-host.js';
import { callHttp } from '../../src/runners/http/http-call.js';
import { callHost, streamHost } from '../../strategies/docker/calls/host-call.js';
import { VerifiedAgent } from '../../strategies/docker/calls/verified-agent.js';
import { createHostVerifier } from '../../strategies/docker/calls/verify-peer.js';
import { registerCleanup, temporaryDirectory, temporarySolution } from '../support/temporary-directories.js';

const ended = join(temporaryDirectory(), 'ended');
const source = `import os, time
def predict(words, seconds=0, end=None):
    try:
        for word in words:
            yield word
            time.sleep(seconds)
        if end == "raise": raise ValueError("enough")
        if end == "die": os._exit(3)
    finally:
        open(${JSON.stringify(ended)}, "w").close()
`;
const tokenHash = createHash('sha256').update('drawn').digest('hex');
let url: string;
let agent: VerifiedAgent;

/** Starts the host program like a container. */
beforeAll(async () => {
  const port = await chooseFreePort(`container-call ${process.pid}`);
  url = `http://127.0.0.1:${port}`;
  agent = new VerifiedAgent(createHostVerifier(url, tokenHash), { keepAlive: true });
  const boot = {
    deployment: 'demo',
    revision: 'r1',
    token: 'drawn',
    packageDirectory: null,
    directory: temporarySolution({ 'app.py': source }),
    interface: { type: 'function', module: 'app', callable: 'predict', call: 'arguments', environment: [] },
    timeout: 5,
    concurrency: null,
    grace: 5,
  };
  const env = { PATH: process.env.PATH, BERTH_BOOT: JSON.stringify(boot) };
  const host = spawn('python3', ['-u', hostProgram, '--http', String(port)], { env, stdio: 'ignore' });
  registerCleanup(() => void host.kill('SIGKILL'));
  const isUp = () =>
    callHttp({ url: `${url}/healthz` }).then(
      () => true,
      () => false,
    );
  for (let look = 0; look < 200 && !(await isUp()); look += 1) await sleep(50);
});

const open = (inputs: unknown, { timeout = 5, signal, token = tokenHash }: Partial<Options> = {}) =>
  streamHost({ url, agent, inputs, timeout, signal }, token);

interface Options {
  timeout: number;
  signal: AbortSignal;
  token: string;
}

async function collect(parts: AsyncGenerator<unknown, Answer>): Promise<{ chunks: unknown[]; answer: Answer }> {
  const chunks: unknown[] = [];
  for (;;) {
    const { done, value } = await parts.next();
    if (done) return { chunks, answer: value };
    chunks.push(value);
  }
}

test('chunks arrive as they are produced, and together they are the answer', async () => {
  const parts = open({ words: ['ä', 'b'], seconds: 0.3 });
  const before = Date.now();
  expect(await parts.next()).toEqual({ done: false, value: 'ä' });
  expect(await collect(parts)).toEqual({ chunks: ['b'], answer: { status: 'success', output: 'äb' } });
  expect(Date.now() - before).toBeGreaterThan(250);
});

test('an exception arrives after the chunks before it', async () => {
  const { chunks, answer } = await collect(open({ words: [1, 2], end: 'raise' }));
  expect({ chunks, answer }).toMatchObject({
    chunks: [1, 2],
    answer: { error: { code: 'CALL_FAILED', type: 'ValueError' } },
  });
});

test('invalid inputs are an answer without chunks', async () => {
  expect(await collect(open({}))).toMatchObject({ chunks: [], answer: { error: { code: 'CALL_INPUT' } } });
});

test('a deadline and a cancel end a stream with their answer', async () => {
  const late = await collect(open({ words: [1, 2], seconds: 3 }, { timeout: 1 }));
  expect(late).toMatchObject({ chunks: [1], answer: { error: { code: 'CALL_TIMEOUT' } } });
  await collect(open({ words: [] })); // waits for its turn: the late generator ends after its sleep
  const signal = AbortSignal.timeout(1_000);
  const cancelled = await collect(open({ words: [1, 2], seconds: 3 }, { signal }));
  expect(cancelled).toMatchObject({ chunks: [1], answer: { error: { code: 'CALL_CANCELLED' } } });
});

test('a reader that leaves a stream ends the generator', async () => {
  rmSync(ended, { force: true });
  const parts = open({ words: Array.from({ length: 100 }, (_, index) => index), seconds: 0.05 });
  await parts.next();
  await parts.return({ status: 'success', output: null });
  for (let look = 0; look < 200 && !existsSync(ended); look += 1) await sleep(50);
  expect(existsSync(ended)).toBe(true);
});

test('another start’s server on the port is not mistaken for this one', async () => {
  const { answer } = await collect(open({ words: [1] }, { token: 'another' }));
  expect(answer).toMatchObject({ error: { code: 'NOT_RUNNING' } });
});

test('a host that crashes during a call loses it', async () => {
  const { chunks, answer } = await collect(open({ words: [1, 2], end: 'die' }));
  expect({ chunks, answer }).toMatchObject({ chunks: [1, 2], answer: { error: { code: 'CALL_LOST' } } });
});

test('each connection’s peer is verified once, before any inputs are sent', async () => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const content = '{"status":"success","output":"ü"}';
    response.writeHead(200, { 'berth-token': tokenHash, 'content-length': Buffer.byteLength(content) }).end(content);
  });
  server.listen(0, '127.0.0.1');
  registerCleanup(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const there = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const callThere = async (token: string, timeout = 5) => {
    const agent = new VerifiedAgent(createHostVerifier(there, token), { keepAlive: true });
    const call = { url: there, agent, inputs: {}, timeout, signal: undefined };
    const answers = [await callHost(call, token), await callHost(call, token)];
    answers.push((await collect(streamHost(call, token))).answer);
    agent.destroy();
    return answers;
  };
  expect(await callThere(tokenHash)).toEqual(Array(3).fill({ status: 'success', output: 'ü' }));
  expect(requests.splice(0)).toEqual(['GET /healthz', 'POST /run', 'POST /run', 'POST /run']);
  const refusal = {
    error: { code: 'NOT_RUNNING', message: expect.stringContaining(`something else answers at ${there}`) },
  };
  expect(await callThere('of another start')).toMatchObject(Array(3).fill(refusal));
  expect(new Set(requests)).toEqual(new Set(['GET /healthz']));
});

test('a deadline applies when the peer does not identify itself', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  registerCleanup(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const mute = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const before = Date.now();
  const call = { url: mute, agent, inputs: {}, timeout: 0.1, signal: undefined };
  expect(await callHost(call, tokenHash)).toMatchObject({ error: { code: 'CALL_TIMEOUT' } });
  expect(Date.now() - before).toBeLessThan(1_500);
});

test('a port that closes connections has no server: no inputs were sent', async () => {
  const server = createTcpServer((socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1');
  registerCleanup(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const there = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = new VerifiedAgent(createHostVerifier(there, tokenHash), { keepAlive: true });
  const call = { url: there, agent, inputs: {}, timeout: 5, signal: undefined };
  expect(await callHost(call, tokenHash)).toMatchObject({ error: { code: 'NOT_RUNNING' } });
});
