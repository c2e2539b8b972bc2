/** @needs python3 */
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { encodeFrames, FrameReader } from '../../src/runners/host/frames.js';
import { HostClient } from '../../src/runners/host/host-client.js';
import { getSocketPath } from '../../src/runners/host/host-files.js';
import { requireFailure } from '../strategies/conformance.js';
import { readStream } from '../support/read-stream.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { type ServedHost, serve, success } from './serve.js';

const source = `
import asyncio, os, time

ended = []
made = []

def steps(items):
    for item in items:
        yield item

async def async_steps(items):
    for item in items:
        await asyncio.sleep(0)
        yield item

async def later(items):
    return steps(items)

class Upper:
    def __init__(self, items): self.rest = iter(items)
    def __iter__(self): return self
    def __next__(self): return next(self.rest).upper()

def mapped(items): return map(str.upper, items)

def gated(file):
    yield "first"
    while not os.path.exists(file): time.sleep(0.01)
    yield "second"

async def async_gated(file):
    yield "first"
    while not os.path.exists(file): await asyncio.sleep(0.01)
    yield "second"

def fails(count):
    yield from range(count)
    raise ValueError("no more than %d" % count)

async def async_fails(count):
    for number in range(count): yield number
    raise ValueError("no more than %d" % count)

def endless(name, size=1):
    try:
        while True:
            made.append(name)
            yield "x" * size
    finally:
        ended.append(name)

async def async_endless(name, size=1):
    try:
        while True:
            made.append(name)
            yield "x" * size
    finally:
        await asyncio.sleep(0)
        ended.append(name)

def stuck(name):
    try:
        yield 1
        while True: sum(range(10))
    finally:
        ended.append(name)

async def async_stuck(name):
    try:
        async with asyncio.timeout(60) if hasattr(asyncio, "timeout") else asyncio.Lock():
            yield 1
            await asyncio.sleep(60)
    finally:
        ended.append(name)

def dies():
    yield 1
    os._exit(3)

def plain(value): return value
def look(): return {"ended": ended, "made": {name: made.count(name) for name in set(made)}}

def predict(what, **more): return globals()[what](**more)
`;

let served: ServedHost;
beforeAll(async () => {
  served = await serve(source, 'predict', { resources: { concurrency: 8 } });
});

const stream = (inputs: unknown, options = {}) => served.runner.stream(inputs, options);
const read = (inputs: unknown, options = {}) => readStream(stream(inputs, options));

async function look(): Promise<{ ended: string[]; made: Record<string, number> }> {
  const answer = await served.call({ what: 'look' });
  return answer.status === 'success' ? (answer.output as Awaited<ReturnType<typeof look>>) : { ended: [], made: {} };
}

async function untilEnded(name: string): Promise<void> {
  while (!(await look()).ended.includes(name)) await sleep(20);
}

test.each(['steps', 'async_steps', 'later'])('%s: strings are joined, and other items become a list', async (what) => {
  const cases: [unknown[], unknown][] = [
    [['a', 'b', ''], 'ab'],
    [
      ['a', 1, { b: null }],
      ['a', 1, { b: null }],
    ],
    [[], []],
  ];
  for (const [items, output] of cases) {
    expect(await read({ what, items })).toEqual({ chunks: items, answer: success(output) });
    expect(await served.call({ what, items })).toEqual(success(output));
  }
});

test('an iterator of any class is a stream, and any other value has no chunks', async () => {
  expect(await read({ what: 'Upper', items: ['a', 'b'] })).toEqual({ chunks: ['A', 'B'], answer: success('AB') });
  expect(await read({ what: 'mapped', items: ['a', 'b'] })).toEqual({
    chunks: ['A', 'B'],
    answer: success(['A', 'B']),
  });
  expect(await served.call({ what: 'mapped', items: ['a', 'b'] })).toEqual(success(['A', 'B']));
  expect(await served.call({ what: 'Upper', items: ['a', 'b'] })).toEqual(success('AB'));
  expect(await read({ what: 'plain', value: [1, 2] })).toEqual({ chunks: [], answer: success([1, 2]) });
  const own = { status: 'error', error: { code: 'QUOTA', message: 'none left' } };
  expect(await read({ what: 'plain', value: own })).toEqual({ chunks: [], answer: own });
  expect((await read({ what: 'steps', items: [own] })).chunks).toEqual([own]);
});

test.each(['gated', 'async_gated'])('%s: a chunk arrives before the next one is created', async (what) => {
  const file = join(temporaryDirectory(), 'go-on');
  const parts = stream({ what, file });
  expect(await parts.next()).toEqual({ done: false, value: 'first' });
  writeFileSync(file, '');
  expect(await parts.next()).toEqual({ done: false, value: 'second' });
  expect(await parts.next()).toEqual({ done: true, value: success('firstsecond') });
});

test.each(['fails', 'async_fails'])('%s: an exception follows the chunks before it', async (what) => {
  const { chunks, answer } = await read({ what, count: 2 });
  expect(chunks).toEqual([0, 1]);
  const { traceback = '', ...rest } = requireFailure(answer);
  expect(rest).toEqual({ code: 'CALL_FAILED', message: 'ValueError: no more than 2', type: 'ValueError' });
  const frames = traceback.split('\n').filter((line) => line.includes('File'));
  expect(frames).toEqual([expect.stringContaining(`"app.py"`)]);
});

test('invalid inputs and a chunk that JSON cannot hold are errors that name the cause', async () => {
  const invalid = await read({ what: 'steps', things: [] });
  expect(invalid).toMatchObject({ chunks: [], answer: { error: { code: 'CALL_FAILED', type: 'TypeError' } } });
  const source = 'def predict(text): yield text; yield {"score": float("nan")}';
  const { runner } = await serve(source, 'predict');
  const { chunks, answer } = await readStream(runner.stream({ text: 'a' }));
  expect(chunks).toEqual(['a']);
  expect(requireFailure(answer)).toEqual({
    code: 'CALL_OUTPUT',
    message: 'output[1].score is NaN, which JSON cannot hold',
  });
  expect(requireFailure((await readStream(runner.stream({ words: 'a' }))).answer).code).toBe('CALL_INPUT');
});

test.each(['endless', 'async_endless', 'stuck', 'async_stuck'])(
  '%s: a reader that leaves a stream ends it in the software',
  async (what) => {
    for await (const chunk of stream({ what, name: `left ${what}` })) {
      expect(chunk).toBeDefined();
      break;
    }
    await untilEnded(`left ${what}`);
  },
);

test.each(['endless', 'async_endless', 'stuck', 'async_stuck'])(
  '%s: a cancel and a deadline end a stream, and become its answer',
  async (what) => {
    const control = new AbortController();
    const parts = stream({ what, name: `cancelled ${what}` }, { signal: control.signal });
    await parts.next();
    control.abort();
    const { answer } = await readStream(parts);
    expect(requireFailure(answer)).toEqual({ code: 'CALL_CANCELLED', message: expect.any(String) });
    const late = await read({ what, name: `late ${what}` }, { timeout: 1 });
    expect(requireFailure(late.answer).code).toBe('CALL_TIMEOUT');
    await untilEnded(`cancelled ${what}`);
    await untilEnded(`late ${what}`);
  },
);

test.each(['endless', 'async_endless'])('%s: a slow reader slows the software', async (what) => {
  const parts = stream({ what, name: `slow ${what}`, size: 1_000_000 });
  await parts.next();
  for (let time = 0; time < 10; time += 1) {
    await sleep(50);
    expect((await look()).made[`slow ${what}`]).toBeLessThan(8);
  }
  for (let count = 0; count < 20; count += 1) await parts.next();
  await parts.return(success(null));
  await untilEnded(`slow ${what}`);
});

test('a reader that waits past the deadline gets an error, and blocks no other call', async () => {
  const parts = stream({ what: 'endless', name: 'asleep', size: 1_000_000 }, { timeout: 1 });
  await parts.next();
  await untilEnded('asleep');
  expect(await read({ what: 'plain', value: 1 }, { timeout: 5 })).toEqual({ chunks: [], answer: success(1) });
  await sleep(300);
  expect(requireFailure((await readStream(parts)).answer).code).toBe('CALL_TIMEOUT');
});

test('a stream ends when its reader dies', async () => {
  const socket = connect(getSocketPath(served.plan));
  const inputs = JSON.stringify({ what: 'endless', name: 'orphan' });
  socket.write(encodeFrames('{"type":"call","stream":true,"id":"orphan","timeout":60}', inputs));
  const reader = new FrameReader();
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      if (reader.add(chunk) !== undefined) resolve();
    });
  });
  socket.destroy();
  await untilEnded('orphan');
});

test('concurrent streams each get their own chunks, and none keeps running', async () => {
  const items = (index: number) => Array.from({ length: 20 }, (_, step) => [index, step]);
  const all = await Promise.all(
    Array.from({ length: 40 }, (_, index) => read({ what: index % 2 ? 'steps' : 'async_steps', items: items(index) })),
  );
  all.forEach(({ chunks }, index) => {
    expect(chunks).toEqual(items(index));
  });
  const client = new HostClient({ socket: getSocketPath(served.plan), timeout: 5 });
  expect(await client.ping(2_000)).toMatchObject({ calls: 0 });
  client.close();
});

test('a process that ends during a stream is CALL_LOST', async () => {
  const { runner } = await serve(source, 'predict');
  const { chunks, answer } = await readStream(runner.stream({ what: 'dies' }));
  expect(chunks).toEqual([1]);
  expect(requireFailure(answer).code).toBe('CALL_LOST');
  expect(requireFailure((await readStream(runner.stream({ what: 'dies' }))).answer).code).toBe('NOT_RUNNING');
});
