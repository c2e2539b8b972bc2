/** @needs python3 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { chooseFreePort } from '../../src/processes/ports.js';
import { hostProgram } from '../../src/runners/host/launch-host.js';
import { callHttp } from '../../src/runners/http/http-call.js';
import { registerCleanup, temporarySolution } from '../support/temporary-directories.js';

const source = `import time, os
def predict(text, seconds=0, words=None, bad=False):
    if words is not None: return steps(words, seconds, bad)
    time.sleep(seconds)
    return [text, os.environ.get("OWN"), "BERTH_BOOT" in os.environ]

def steps(words, seconds, bad):
    for word in words:
        yield word
        time.sleep(seconds)
    if bad: raise ValueError("enough")
`;

const tokenHash = createHash('sha256').update('drawn').digest('hex');
let port: number;
let url: string;
let host: ChildProcess;

/** Starts a host process like a container. */
async function serve(directory: string): Promise<ChildProcess> {
  const boot = {
    deployment: 'demo',
    revision: 'r1',
    token: 'drawn',
    directory,
    packageDirectory: null,
    interface: { type: 'function', module: 'app', callable: 'predict', call: 'arguments', environment: ['OWN=code'] },
    timeout: 5,
    concurrency: null,
    grace: 5,
  };
  const env = { PATH: process.env.PATH, BERTH_BOOT: JSON.stringify(boot) };
  const child = spawn('python3', ['-u', hostProgram, '--http', String(port)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  registerCleanup(() => void child.kill('SIGKILL'));
  return child;
}

const isUp = () =>
  callHttp({ url: `${url}/healthz` }).then(
    ({ status }) => status === 200,
    () => false,
  );

beforeAll(async () => {
  port = await chooseFreePort(`http.test ${process.pid}`);
  url = `http://127.0.0.1:${port}`;
  host = await serve(temporarySolution({ 'app.py': source }));
  for (let look = 0; look < 100 && !(await isUp()); look += 1) await sleep(50);
});

const post = async (body: string, headers: Record<string, string> = {}, path = '/run') => {
  const reply = await callHttp({ url: url + path, body, headers });
  return { status: reply.status, answer: JSON.parse(reply.body.toString('utf8')) };
};

test('inputs are posted as JSON, and the code sees its variables but not the boot document', async () => {
  const answer = { status: 'success', output: ['a', 'code', false] };
  expect(await post('{"text": "a"}')).toEqual({ status: 200, answer });
});

test('health shows only the hash of the token', async () => {
  const { status, body, headers } = await callHttp({ url: `${url}/healthz` });
  expect([status, headers['berth-token']]).toEqual([200, tokenHash]);
  expect(JSON.parse(body.toString('utf8'))).toMatchObject({
    deployment: 'demo',
    revision: 'r1',
    token: tokenHash,
    calls: 0,
  });
  expect(body.toString('utf8')).not.toContain('drawn');
});

test('the HTTP status shows the kind of failure', async () => {
  expect(await post('{"text": ')).toMatchObject({ status: 422, answer: { error: { code: 'CALL_INPUT' } } });
  expect(await post('{}')).toMatchObject({ status: 422, answer: { error: { code: 'CALL_INPUT' } } });
  expect(await post('{"text": "a", "seconds": "x"}')).toMatchObject({
    status: 500,
    answer: { error: { code: 'CALL_FAILED', type: 'TypeError' } },
  });
  expect(await post('{}', {}, '/elsewhere')).toMatchObject({ status: 404 });
});

test('a caller of another start, and a page of another origin, are refused', async () => {
  expect(await post('{"text": "a"}', { 'berth-token': tokenHash })).toMatchObject({ status: 200 });
  expect(await post('{"text": "a"}', { 'berth-token': 'other' })).toMatchObject({
    status: 421,
    answer: { error: { code: 'NOT_RUNNING' } },
  });
  expect(await post('{"text": "a"}', { origin: 'https://page.example' })).toMatchObject({ status: 403 });
});

test('a call ends at its deadline, and when it is canceled by its id', async () => {
  const late = await post('{"text": "a", "seconds": 3}', { 'berth-timeout': '0.2' });
  expect(late).toMatchObject({ status: 500, answer: { error: { code: 'CALL_TIMEOUT' } } });
  const cancelled = post('{"text": "a", "seconds": 3}', { 'berth-call': 'mine' });
  await sleep(100);
  expect(await post('', { 'berth-call': 'mine' }, '/cancel')).toMatchObject({ answer: { output: true } });
  expect(await cancelled).toMatchObject({ answer: { error: { code: 'CALL_CANCELLED' } } });
});

test('a caller that accepts lines gets each chunk as a line, and the answer or the end last', async () => {
  const accept = 'application/x-ndjson';
  const lines = async (inputs: unknown, headers: Record<string, string> = {}) => {
    const reply = await callHttp({ url: `${url}/run`, body: JSON.stringify(inputs), headers: { accept, ...headers } });
    const parts = reply.body.toString().trimEnd().split('\n');
    return { status: reply.status, isComplete: reply.isComplete, parts: parts.map((line) => JSON.parse(line)) };
  };
  const chunk = (output: unknown) => ({ status: 'chunk', output });
  const complete = { status: 200, isComplete: true };
  const end = { status: 'end', joins: true };
  expect(await lines({ text: '', words: ['a', 'b'] })).toEqual({ ...complete, parts: [chunk('a'), chunk('b'), end] });
  expect(await lines({ text: '', words: [] })).toEqual({ ...complete, parts: [{ ...end, joins: false }] });
  expect(await lines({ text: 'a' })).toMatchObject({ ...complete, parts: [{ status: 'success' }] });
  expect(await lines({})).toMatchObject({ status: 422, parts: [{ error: { code: 'CALL_INPUT' } }] });
  const failed = await lines({ text: '', words: [1], bad: true });
  expect(failed).toMatchObject({
    ...complete,
    parts: [chunk(1), { error: { code: 'CALL_FAILED', type: 'ValueError' } }],
  });
  const late = await lines({ text: '', words: [1, 2], seconds: 3 }, { 'berth-timeout': '0.3' });
  expect(late).toMatchObject({ ...complete, parts: [chunk(1), { error: { code: 'CALL_TIMEOUT' } }] });
  expect(await post('{"text": "", "words": ["a", "b"]}')).toMatchObject({ answer: { output: 'ab' } });
});

/** Sends raw bytes and reads until the connection is closed, or for a moment. */
async function exchange(text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let reply = '';
  socket.on('data', (chunk) => (reply += chunk));
  socket.write(text);
  await Promise.race([once(socket, 'close'), sleep(300)]);
  socket.destroy();
  return reply;
}

test('a body without a length, and invalid HTTP, are refused with a message', async () => {
  const chunked = 'POST /run HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n';
  expect(await exchange(chunked)).toMatch(/^HTTP\/1\.1 411 /);
  expect(await exchange('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect(await exchange(`GET / HTTP/1.1\r\nX: ${'x'.repeat(70_000)}`)).toMatch(/^HTTP\/1\.1 431 /);
});

test('a client that expects 100 Continue gets it, and requests may be pipelined', async () => {
  const body = '{"text": "a"}';
  const head = `POST /run HTTP/1.1\r\nContent-Length: ${body.length}\r\n`;
  expect(await exchange(`${head}Expect: 100-continue\r\n\r\n`)).toMatch(/^HTTP\/1\.1 100 /);
  const twice = await exchange(`${head}\r\n${body}`.repeat(2));
  expect(twice.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
});

test('SIGTERM lets a running call finish and accepts no other', async () => {
  const running = post('{"text": "last", "seconds": 0.5}');
  await sleep(100);
  host.kill('SIGTERM');
  expect(await running).toMatchObject({ answer: { output: ['last', 'code', false] } });
  const [code] = await once(host, 'exit');
  expect(code).toBe(0);
  expect(await isUp()).toBe(false);
});

test('an import that fails ends with its own exit code, the traceback last in the log', async () => {
  const child = await serve(temporarySolution({ 'app.py': 'import nowhere\n' }));
  let log = '';
  child.stderr?.on('data', (chunk) => (log += chunk));
  const [code] = await once(child, 'close');
  expect(code).toBe(70);
  expect(log.trimEnd()).toMatch(/^berth: start failed: [\s\S]*ModuleNotFoundError: No module named 'nowhere'$/);
});
