/** @needs python3 */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { encodeFrames } from '../../src/runners/host/frames.js';
import { HostClient } from '../../src/runners/host/host-client.js';
import { getSocketPath } from '../../src/runners/host/host-files.js';
import { requireFailure } from '../strategies/conformance.js';
import { readStream } from '../support/read-stream.js';
import { type ServedHost, serve, success } from './serve.js';

const outputOf = async (answer: ReturnType<ServedHost['call']>): Promise<unknown> => {
  const found = await answer;
  return found.status === 'success' ? found.output : found.error;
};

const countCalls = async ({ plan }: ServedHost) => {
  const client = new HostClient({ socket: getSocketPath(plan), timeout: 5 });
  const { running, waiting, calls } = await client.ping(5_000);
  client.close();
  return { running, waiting, calls };
};

test('each of four callers gets its own answer from a class that sets an attribute in its calls', async () => {
  const source = `
import time
class Model:
    def predict(self, text):
        self.buffer = []
        for letter in text:
            self.buffer.append(letter)
            time.sleep(0.01)
        return "".join(self.buffer)
`;
  const { call } = await serve(source, 'Model');
  const texts = ['abcdef', 'ghijkl', 'mnopqr', 'stuvwx'];
  expect(await Promise.all(texts.map((text) => call({ text })))).toEqual(texts.map(success));
});

describe('calls can use what the setup has created', () => {
  const setup = `
import asyncio, contextvars, decimal, signal, sqlite3, threading, warnings
variable = contextvars.ContextVar("variable", default="lost")
warnings.simplefilter("ignore", DeprecationWarning)

class Model:
    def setup(self):
        self.database = sqlite3.connect(":memory:")
        self.local = threading.local()
        self.local.value = "set"
        variable.set("set")
        decimal.getcontext().prec = 5
        self.loop = asyncio.get_event_loop()
        self.thread = threading.current_thread()
    def look(self):
        return {
            "sqlite3": self.database.execute("select 'set'").fetchone()[0],
            "threading.local": getattr(self.local, "value", "lost"),
            "ContextVar": variable.get(),
            "decimal": str(decimal.Decimal(1) / 3),
            "loop": asyncio.get_event_loop() is self.loop,
            "thread": threading.current_thread() is self.thread is threading.main_thread(),
        }
`;
  const seen = {
    sqlite3: 'set',
    'threading.local': 'set',
    ContextVar: 'set',
    decimal: '0.33333',
    loop: true,
    thread: true,
  };

  test.each([
    ['a sync function', '    def predict(self): return self.look()'],
    ['a generator', '    def predict(self): yield self.look()'],
    ['a coroutine', '    async def predict(self): return self.look()'],
    ['an async generator', '    async def predict(self): yield self.look()'],
  ])('%s', async (kind, method) => {
    const { call } = await serve(setup + method, 'Model');
    expect(await outputOf(call({}))).toEqual(kind.includes('generator') ? [seen] : seen);
  });

  test('an async setup for a sync function and for a coroutine', async () => {
    const asynchronous = setup.replace('    def setup', '    async def setup');
    for (const method of [
      '    def predict(self): return self.look()',
      '    async def predict(self): return self.look()',
    ])
      expect(await outputOf((await serve(asynchronous + method, 'Model')).call({}))).toEqual(seen);
  });

  test('with threads, each call has a copy of the setup’s context', async () => {
    const source = `
import contextvars, decimal, threading, time
variable = contextvars.ContextVar("variable")
variable.set("set")
decimal.getcontext().prec = 5
def predict(name):
    before = variable.get()
    variable.set(name)
    time.sleep(0.1)
    return [before, variable.get(), str(decimal.Decimal(1) / 3)]
`;
    const { call } = await serve(source, 'predict', { resources: { concurrency: 2 } });
    for (const _ of ['once', 'again'])
      expect(await Promise.all(['a', 'b'].map((name) => call({ name })))).toEqual(
        ['a', 'b'].map((name) => success(['set', name, '0.33333'])),
      );
  });
});

describe('event loops', () => {
  test('sync code may run event loops in each call, including the one of its setup', async () => {
    const source = `
import asyncio, warnings
warnings.simplefilter("ignore", DeprecationWarning)
loop = asyncio.get_event_loop()
async def later(value):
    await asyncio.sleep(0)
    return value
def predict(how, value):
    if how == "run": return asyncio.run(later(value))
    if how == "module": return loop.run_until_complete(later(value))
    fresh = asyncio.new_event_loop()
    try: return fresh.run_until_complete(later(value))
    finally: fresh.close()
`;
    const { call } = await serve(source, 'predict');
    for (const how of ['run', 'module', 'fresh', 'run', 'module'])
      expect(await call({ how, value: how })).toEqual(success(how));
  });

  test('a lock of the module works in concurrent coroutines', async () => {
    const source = `
import asyncio
lock = asyncio.Lock()
inside = most = 0
async def predict():
    global inside, most
    inside += 1
    most = max(most, inside)
    async with lock: await asyncio.sleep(0.05)
    inside -= 1
    return most
`;
    const { call } = await serve(source, 'predict');
    const most = await Promise.all(Array.from({ length: 6 }, () => outputOf(call({}))));
    expect(Math.max(...(most as number[]))).toBe(6);
  });

  test('tasks that the setup starts on the loop continue between calls', async () => {
    const source = `
import asyncio
class Model:
    async def setup(self):
        self.count = 0
        self.task = asyncio.get_running_loop().create_task(self.work())
    async def work(self):
        while True:
            self.count += 1
            await asyncio.sleep(0.01)
    def predict(self): return self.count
`;
    const { call } = await serve(source, 'Model');
    const first = (await outputOf(call({}))) as number;
    await sleep(500);
    expect(await outputOf(call({}))).toBeGreaterThan(first + 10);
  });

  test('a sync function that returns a coroutine waits for its turn, and the coroutines run concurrently', async () => {
    const source = `
import asyncio, time
async def later(value, seconds):
    await asyncio.sleep(seconds)
    return value
def predict(value, seconds=0.5): return later(value, seconds)
`;
    const { call } = await serve(source, 'predict');
    await call({ value: 0, seconds: 0 });
    const started = Date.now();
    const values = Array.from({ length: 10 }, (_, index) => index);
    expect(await Promise.all(values.map((value) => call({ value })))).toEqual(values.map(success));
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  test('a coroutine that returns a generator, and an exit in one of its tasks, affect no other call', async () => {
    const source = `
import asyncio, sys, threading
def numbers(count):
    for number in range(count): yield [number, threading.current_thread() is threading.main_thread()]
async def exits(): sys.exit(3)
async def predict(what):
    if what == "numbers": return numbers(2)
    if what == "exit": sys.exit(3)
    asyncio.ensure_future(exits())
    await asyncio.sleep(0.05)
    return "still here"
`;
    const served = await serve(source, 'predict');
    const items = [0, 1].map((number) => [number, true]);
    expect(await served.call({ what: 'numbers' })).toEqual(success(items));
    const streamed = await readStream(served.runner.stream({ what: 'numbers' }));
    expect(streamed).toEqual({ chunks: items, answer: success(items) });
    expect(requireFailure(await served.call({ what: 'exit' })).type).toBe('SystemExit');
    expect(await served.call({ what: 'task' })).toEqual(success('still here'));
    expect(await served.call({ what: 'numbers' })).toEqual(success(items));
  });
});

describe('the queue', () => {
  const source = `
import time
begun = []
def predict(name, seconds=0.0):
    if name == "begun": return list(begun)
    begun.append(name)
    time.sleep(seconds)
    return name
`;
  let served: ServedHost;
  beforeAll(async () => {
    served = await serve(source, 'predict');
  });
  const begun = () => outputOf(served.call({ name: 'begun' }));

  test('calls run in order of arrival, and are counted separately from waiting ones', async () => {
    const names = Array.from({ length: 5 }, (_, index) => `in line ${index}`);
    const calls: unknown[] = [];
    for (const name of names) {
      calls.push(served.call({ name, seconds: 0.6 }));
      await sleep(100);
    }
    expect(await countCalls(served)).toEqual({ running: 1, waiting: 4, calls: 5 });
    expect((await served.runner.isHealthy()).detail).toMatch(/1 call running, 4 waiting$/);
    await Promise.all(calls);
    expect(((await begun()) as string[]).filter((name) => names.includes(name))).toEqual(names);
    expect(await countCalls(served)).toEqual({ running: 0, waiting: 0, calls: 0 });
  });

  test('a waiting call ends at its deadline, and does not begin', async () => {
    const running = served.call({ name: 'long', seconds: 1.5 });
    await sleep(100);
    const started = Date.now();
    const late = requireFailure(await served.call({ name: 'late' }, 0.5));
    expect(late).toEqual({
      code: 'CALL_TIMEOUT',
      message: 'the call waited 0.5 s for its turn and was not started: the software runs 1 call at a time',
    });
    expect(Date.now() - started).toBeLessThan(1_300);
    expect(await running).toEqual(success('long'));
    expect(await begun()).not.toContain('late');
  });

  test('a waiting call is canceled immediately, and does not begin', async () => {
    const running = served.call({ name: 'longer', seconds: 1.5 });
    await sleep(100);
    const cancel = new AbortController();
    const waiting = served.runner.run({ name: 'cancelled' }, { signal: cancel.signal });
    await sleep(100);
    cancel.abort();
    expect(requireFailure(await waiting)).toEqual({
      code: 'CALL_CANCELLED',
      message: 'the call was cancelled while it waited for its turn',
    });
    expect(await running).toEqual(success('longer'));
    expect(await begun()).not.toContain('cancelled');
  });

  test('a waiting call does not begin when its caller has left', async () => {
    const running = served.call({ name: 'longest', seconds: 1 });
    await sleep(100);
    const socket = connect(getSocketPath(served.plan));
    socket.write(encodeFrames('{"type":"call","id":"orphan","timeout":60}', '{"name": "orphan"}'));
    await sleep(100);
    expect(await countCalls(served)).toMatchObject({ waiting: 1 });
    socket.destroy();
    await sleep(100);
    expect(await countCalls(served)).toMatchObject({ waiting: 0 });
    expect(await running).toEqual(success('longest'));
    expect(await begun()).not.toContain('orphan');
  });

  test('an exception, an exit and invalid inputs pass the turn on', async () => {
    const failing = `
import sys
def predict(how):
    if how == "exit": sys.exit(1)
    if how == "raise": raise ValueError(how)
    return how
`;
    const { call, runner } = await serve(failing, 'predict');
    const answers = await Promise.all(['exit', 'raise', 'exit', 'raise'].map((how) => call({ how })));
    expect(answers.map((answer) => requireFailure(answer).type)).toEqual([
      'SystemExit',
      'ValueError',
      'SystemExit',
      'ValueError',
    ]);
    expect(JSON.parse(await runner.runText('{"how": '))).toMatchObject({ error: { code: 'CALL_INPUT' } });
    expect(await call({ how: 'fine' })).toEqual(success('fine'));
  });
});
