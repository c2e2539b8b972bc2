/** @needs python3 */
import { readFileSync, statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { requireFailure } from '../strategies/conformance.js';
import { type ServedHost, serve, success } from './serve.js';

describe('inputs are mapped by the signature', () => {
  let rank: ServedHost;
  beforeAll(async () => {
    rank = await serve(
      'def rank(query: str, /, top_k: int = 3, *, model="small"): return [query, top_k, model]',
      'rank',
    );
  });

  test('defaults are kept', async () => {
    expect(await rank.call({ query: 'a' })).toEqual(success(['a', 3, 'small']));
    expect(await rank.call({ model: 'big', query: 'a', top_k: 1 })).toEqual(success(['a', 1, 'big']));
  });

  test('unknown and missing names are an error that lists the valid ones', async () => {
    expect(requireFailure(await rank.call({ text: 'a' }))).toEqual({
      code: 'CALL_INPUT',
      message:
        "rank has no input called text and needs query; inputs: query (str, required), top_k (int, default 3), model (default 'small')",
    });
  });

  test('several parameters need an object', async () => {
    expect(requireFailure(await rank.call([1])).message).toContain('rank takes a JSON object, not list; inputs: query');
  });

  test('a single parameter takes a value that is not an object unchanged', async () => {
    const { call } = await serve('def shout(text): return text * 2', 'shout');
    expect(await call('ab')).toEqual(success('abab'));
    expect(await call({ text: 'ab' })).toEqual(success('abab'));
    expect(await call([1])).toEqual(success([1, 1]));
  });

  test('keyword parameters accept any name', async () => {
    const { call } = await serve('def show(first, **more): return [first, more]', 'show');
    expect(await call({ first: 1, second: 2 })).toEqual(success([1, { second: 2 }]));
    expect(requireFailure(await call({ second: 2 })).message).toContain('needs first');
  });

  test('a function without parameters accepts no input', async () => {
    const { call } = await serve('def ping(): return "pong"', 'ping');
    expect(await call(null)).toEqual(success('pong'));
    expect(await call({})).toEqual(success('pong'));
    expect(requireFailure(await call({ a: 1 })).message).toContain('it takes no inputs');
  });
});

describe('callables of every kind', () => {
  const counting = `
from pathlib import Path
class Model:
    built = 0
    ready = 0
    def __init__(self): Model.built += 1
    def setup(self): Model.ready += 1
    def predict(self, text): return [text, Model.built, Model.ready]
    def describe(self, inputs): return sorted(inputs)
    async def later(self, text): return text
    @staticmethod
    def add(a, b=1): return a + b
class Caller:
    def __call__(self, x): return x
model = Model()
`;

  test.each([
    ['Model', 'arguments', { text: 'a' }, ['a', 2, 1]],
    ['Model.describe', 'inputs', { b: 1, a: 2 }, ['a', 'b']],
    ['Model.later', 'arguments', { text: 'a' }, 'a'],
    ['Model.add', 'arguments', { a: 1 }, 2],
    ['Caller', 'arguments', { x: 1 }, 1],
    ['model', 'arguments', { text: 'a' }, ['a', 1, 0]],
    ['model.add', 'arguments', { a: 4 }, 5],
  ])('%s by %s', async (callable, call, inputs, output) => {
    const served = await serve(counting, callable, { call });
    expect(await served.call(inputs)).toEqual(success(output));
    expect(await served.call(inputs)).toEqual(success(output));
  });

  test('a class that requires arguments is refused with their names', async () => {
    const source = 'class Model:\n  def __init__(self, weights): pass\n  def predict(self, x): return x';
    await expect(serve(source, 'Model')).rejects.toThrow(
      "cannot be built without arguments: missing a required argument: 'weights'",
    );
  });
});

test('a thousand calls import once', async () => {
  const { call, plan } = await serve('print("imported", flush=True)\ndef predict(n): return n', 'predict');
  for (let batch = 0; batch < 20; batch += 1)
    await Promise.all(Array.from({ length: 50 }, async (_, n) => expect(await call({ n })).toEqual(success(n))));
  expect(readFileSync(plan.logFile, 'utf8').match(/imported/g)).toHaveLength(1);
});

test('async functions, generators and async generators return their values', async () => {
  const source = `
import asyncio
loops = set()
async def sleeper(seconds=0.0):
    loops.add(id(asyncio.get_running_loop()))
    await asyncio.sleep(seconds)
    return len(loops)
def numbers(n): yield from range(n)
async def slow_numbers(n):
    for number in range(n):
        await asyncio.sleep(0)
        yield number
def predict(what, **more): return {"sleeper": sleeper, "numbers": numbers, "slow_numbers": slow_numbers}[what](**more)
`;
  const { call } = await serve(source, 'predict');
  const started = Date.now();
  const calls = Array.from({ length: 20 }, () => call({ what: 'sleeper', seconds: 0.5 }));
  expect(await Promise.all(calls)).toEqual(calls.map(() => success(1)));
  expect(Date.now() - started).toBeLessThan(8_000);
  expect(await call({ what: 'numbers', n: 3 })).toEqual(success([0, 1, 2]));
  expect(await call({ what: 'slow_numbers', n: 3 })).toEqual(success([0, 1, 2]));
});

test('at the deadline, an async call is canceled, a Python loop ends, and a sleep in C continues, which the answer reports', async () => {
  const source = `
import asyncio, time
ended = []
async def wait():
    try: await asyncio.sleep(30)
    finally: ended.append("async")
def spin():
    try:
        while True: sum(range(10))
    finally: ended.append("sync")
def predict(what):
    if what == "ended": return ended
    return {"wait": wait, "spin": spin, "sleep": lambda: time.sleep(3)}[what]()
`;
  const { call } = await serve(source, 'predict');
  const note = 'its code cannot be stopped from outside and goes on';
  // One second, so that each call has begun even on a busy machine. Sequentially, because a busy loop holds the GIL.
  const failure = async (what: string) => requireFailure((await call({ what }, 1)) as never);
  expect(await failure('wait')).toEqual({ code: 'CALL_TIMEOUT', message: 'the call took longer than its 1 s' });
  expect((await failure('spin')).code).toBe('CALL_TIMEOUT');
  expect((await failure('sleep')).message).toBe(`the call took longer than its 1 s; ${note}`);
  const deadline = Date.now() + 20_000; // the interpreter decides when it raises the exception
  const readEnded = async () => JSON.stringify(await call({ what: 'ended' }));
  while (!(await readEnded()).includes('"sync"') && Date.now() < deadline) await setTimeout(20);
  expect(await readEnded()).toMatch(/"async".*"sync"|"sync".*"async"/);
});

test('megabytes of output, also of C code and child processes, go to the log and never into an answer', async () => {
  const source = `
import os, subprocess, sys
def predict(megabytes):
    for _ in range(megabytes): print("x" * 2**20)
    os.write(1, b"from C\\n")
    subprocess.run(["echo", "from a child"])
    print("to stderr", file=sys.stderr)
    return "done"
`;
  const { call, plan } = await serve(source, 'predict');
  expect(await call({ megabytes: 5 })).toEqual(success('done'));
  expect(statSync(plan.logFile).size).toBeGreaterThan(5 * 2 ** 20);
  const end = readFileSync(plan.logFile, 'utf8').slice(-200);
  for (const line of ['from C', 'from a child', 'to stderr']) expect(end).toContain(line);
});

test('an input of 50 MB is accepted', async () => {
  const { call } = await serve('def predict(text): return len(text)', 'predict');
  expect(await call({ text: 'x'.repeat(50_000_000) })).toEqual(success(50_000_000));
});

test('the traceback shows the user’s frames and causes, and none of the host process', async () => {
  const source = `
def inner(): raise KeyError("x")
def predict():
    try: inner()
    except KeyError as error: raise RuntimeError("outer") from error
async def later(): inner()
`;
  const { call } = await serve(source, 'predict');
  const { traceback = '', ...rest } = requireFailure(await call({}));
  expect(rest).toEqual({ code: 'CALL_FAILED', message: 'RuntimeError: outer', type: 'RuntimeError' });
  expect(traceback.split('\n').filter((line) => line.includes('File'))).toEqual([
    '  File "app.py", line 4, in predict',
    '  File "app.py", line 2, in inner',
    '  File "app.py", line 5, in predict',
  ]);
  const later = await serve(source, 'later');
  const frames = (requireFailure(await later.call({})).traceback ?? '')
    .split('\n')
    .filter((line) => line.includes('File'));
  expect(frames).toEqual(['  File "app.py", line 6, in later', '  File "app.py", line 2, in inner']);
});

test('an answer that the user’s code creates is passed on if it is valid', async () => {
  const { call } = await serve('def predict(value): return value', 'predict');
  const own = { status: 'success', output: 1, model: 'small' };
  expect(await call({ value: own })).toEqual(own);
  expect(await call({ value: { status: 'error', error: 'full' } })).toEqual({
    status: 'error',
    error: { code: 'CALL_FAILED', message: 'full' },
  });
  for (const value of [{ status: 'ok', output: 1 }, { status: 'success' }, { status: 404 }])
    expect(await call({ value })).toEqual(success(value));
});
