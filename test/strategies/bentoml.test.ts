/** @needs python3 uv */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../src/contract/answer.js';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import { findMarkedProcesses } from '../../src/processes/marked-processes.js';
import { isPortFree } from '../../src/processes/ports.js';
import { identifyProcess } from '../../src/processes/process-identity.js';
import { findApi } from '../../strategies/bentoml/calls/service-api.js';
import { BentoMLRunner } from '../../strategies/bentoml/runner.js';
import { temporaryDirectory } from '../support/temporary-directories.js';
import { createBentoPlan, prepareBentoEnvironment } from './bentoml-plan.js';
import { checkExposure } from './check-exposure.js';
import { requireFailure } from './conformance.js';

beforeAll(async () => {
  await prepareBentoEnvironment();
});

const catchError = (work: Promise<unknown>): Promise<BerthError> =>
  work.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => (error instanceof BerthError ? error : Promise.reject(error)),
  );

type Changes = Parameters<typeof createBentoPlan>[2];

async function makeRunner(files: Record<string, string>, changes: Changes = {}) {
  const plan = await createBentoPlan(temporaryDirectory(), files, changes);
  return { plan, runner: new BentoMLRunner(plan) };
}

/** Starts a revision for the test's body, and undoes it in any case. */
async function withServer(
  files: Record<string, string>,
  changes: Changes,
  body: (runner: BentoMLRunner, plan: RunPlan, handle: Handle) => Promise<void>,
): Promise<void> {
  const { plan, runner } = await makeRunner(files, changes);
  try {
    await body(runner, plan, await runner.start({ env: {} }));
  } finally {
    await runner.undo();
  }
  expect(findMarkedProcesses(plan)).toEqual([]);
}

const manyApis = `
import time
from pathlib import Path
from typing import Generator

import bentoml


@bentoml.service(threads=4, traffic={"timeout": 2})
class Many:
    @bentoml.api
    def upper(self, text: str, mark: str = "!") -> str:
        return text.upper() + mark

    @bentoml.api
    def measure(self, file: Path, unit: str = "bytes", factors: list[int] = [1]) -> dict:
        return {"size": file.stat().st_size * factors[0], "unit": unit, "ending": file.suffix}

    @bentoml.api
    def copy(self, file: Path) -> Path:
        return file

    @bentoml.api
    def whole(self, file: Path, /) -> int:
        return file.stat().st_size

    @bentoml.api
    def stream(self, count: int) -> Generator[str, None, None]:
        for index in range(count):
            if index == 3:
                raise ValueError("no fourth word")
            yield f"word{index} "

    @bentoml.api(batchable=True)
    def lengths(self, texts: list[str]) -> list[int]:
        return [len(text) for text in texts]

    @bentoml.task
    def slow(self, seconds: float) -> str:
        if seconds < 0:
            raise RuntimeError("time does not go back")
        time.sleep(seconds)
        return "done"

    @bentoml.api(route="/deep/fail")
    def fail(self, word: str) -> str:
        time.sleep(0.1)
        raise KeyError(word)

    @bentoml.api
    def late(self) -> str:
        time.sleep(4)
        return "too late"

    @bentoml.api
    def refuse(self, count: int) -> int:
        raise bentoml.exceptions.InvalidArgument(f"{count} is odd")

    @bentoml.api
    def wrapped(self, inputs: dict) -> dict:
        return inputs
`;

describe('a service that the repository has', () => {
  let runner: BentoMLRunner;
  let handle: Handle;
  let plan: RunPlan;

  beforeAll(async () => {
    ({ plan, runner } = await makeRunner({ 'service.py': manyApis }, { entry: 'service:Many.upper' }));
    handle = await runner.start({ env: {} });
  });

  afterAll(async () => {
    await runner.undo();
    expect(findMarkedProcesses(plan)).toEqual([]);
  });

  async function callApi(api: string, inputs: unknown): Promise<Answer> {
    const other = await openApi(api);
    return await other.run(inputs).finally(() => other.close());
  }

  async function openApi(api: string): Promise<BentoMLRunner> {
    const found = await findApi(String(handle.endpoint), {
      type: 'bentoml',
      service: 'service:Many',
      api,
      paths: [],
      cog: false,
      host: false,
      environment: [],
    });
    const other = new BentoMLRunner(plan);
    await other.attach({ ...handle, api: found } as Handle);
    return other;
  }

  const file = `data:text/plain;base64,${Buffer.from('hello').toString('base64')}`;

  test.each([
    ['upper', { text: 'ünï' }, 'ÜNÏ!'],
    ['upper', { text: '12', mark: '' }, '12'],
    ['measure', { file, unit: 'B', factors: [2] }, { size: 10, unit: 'B', ending: '.txt' }],
    ['measure', { file }, { size: 5, unit: 'bytes', ending: '.txt' }],
    ['copy', { file }, file],
    ['whole', file, 5],
    ['stream', { count: 3 }, 'word0 word1 word2 '],
    ['lengths', { texts: ['a', 'bb'] }, [1, 2]],
    ['slow', { seconds: 3 }, 'done'],
    ['wrapped', { a: 1 }, { a: 1 }],
    ['wrapped', { inputs: { a: 1 } }, { a: 1 }],
  ])('its API %s answers %j with %j', async (api, inputs, output) => {
    expect(await callApi(api, inputs)).toEqual({ status: 'success', output });
  });

  test.each([
    ['upper', { text: 3 }, 'CALL_INPUT', 'text: Input should be a valid string'],
    ['upper', {}, 'CALL_INPUT', 'text: Field required'],
    ['refuse', { count: 3 }, 'CALL_INPUT', '3 is odd'],
    ['measure', { file: 'hello' }, 'CALL_INPUT', 'file is a file: give it as a data URI'],
    ['late', {}, 'CALL_TIMEOUT', 'the service itself ended the call after 2 s: traffic.timeout'],
    ['stream', { count: 5 }, 'CALL_FAILED', 'no fourth word'],
    ['slow', { seconds: -1 }, 'CALL_FAILED', 'time does not go back'],
  ])('its API %s answers %j with an error of code %s', async (api, inputs, code, words) => {
    const error = requireFailure(await callApi(api, inputs));
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
  });

  test.each([
    [3, ['word0 ', 'word1 ', 'word2 '], { status: 'success', output: 'word0 word1 word2 ' }],
    [5, ['word0 ', 'word1 ', 'word2 '], { error: { code: 'CALL_FAILED', message: 'ValueError: no fourth word' } }],
  ])('its API stream yields %d words as they arrive, then the answer', async (count, words, answer) => {
    const other = await openApi('stream');
    const parts = other.stream({ count });
    const chunks: unknown[] = [];
    let part = await parts.next();
    for (; !part.done; part = await parts.next()) chunks.push(part.value);
    await other.close();
    expect(chunks.join('')).toBe(words.join(''));
    expect(part.value).toMatchObject(answer);
  });

  test('the service’s own timeout is reported when it is shorter than the caller’s', async () => {
    await runner.archive({ env: {} });
    const words = 'Many itself ends a call after 2 s, before the 10 s of --timeout: its traffic.timeout says so';
    expect(readFileSync(plan.logFile, 'utf8')).toContain(`berth: ${words}\n`);
  });

  test('each of many failing calls gets its own exception', async () => {
    const words = Array.from({ length: 8 }, (_, index) => `word${index}`);
    const errors = (await Promise.all(words.map((word) => callApi('fail', { word })))).map(requireFailure);
    expect(errors.map(({ message }) => message)).toEqual(words.map((word) => `KeyError: '${word}'`));
    expect(errors.map(({ type }) => type)).toEqual(words.map(() => 'KeyError'));
    expect(errors[0]?.traceback).toMatch(/^Traceback [^\n]*\n {2}File "service.py", line \d+, in fail/);
  });

  test('another server on the same port is not mistaken for it', async () => {
    const stranger = spawn('sleep', ['30']);
    const other = new BentoMLRunner(plan);
    try {
      const server = { ...(handle.server as object), ...identifyProcess(stranger.pid ?? 0) };
      await other.attach({ ...handle, server } as Handle);
      expect(await other.isHealthy()).toMatchObject({ isHealthy: false, state: 'gone' });
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  test('nothing is written into the revision', async () => {
    expect(await readdir(plan.directory)).toEqual(['service.py']);
  });
});

test('several possible APIs are listed, and nothing is left running', async () => {
  const { plan, runner } = await makeRunner({ 'service.py': manyApis });
  const error = await catchError(runner.start({ env: {} }));
  expect(error.code).toBe('ENTRY_AMBIGUOUS');
  expect(error.message).toContain('--entry service:Many.upper');
  expect(findMarkedProcesses(plan)).toEqual([]);
});

test('among services of one module, the one that depends on the others is called', async () => {
  const source = `import bentoml

@bentoml.service
class Shouter:
    @bentoml.api
    def shout(self, text: str) -> str:
        return text.upper()

@bentoml.service
class Greeter:
    shouter = bentoml.depends(Shouter)

    @bentoml.api
    def greet(self, name: str) -> str:
        return "hello " + self.shouter.shout(text=name)
`;
  await withServer({ 'greeting.py': source }, {}, async (runner) => {
    expect(await runner.run({ name: 'ada' })).toEqual({ status: 'success', output: 'hello ADA' });
  });
});

test('a constructor that raises is START_FAILED within seconds, with its traceback', async () => {
  const source = `import bentoml

@bentoml.service
class Model:
    def __init__(self):
        raise RuntimeError("no weights")

    @bentoml.api
    def predict(self, x: int) -> int:
        return x
`;
  const { plan, runner } = await makeRunner({ 'service.py': source });
  const started = Date.now();
  const error = await catchError(runner.start({ env: {} }));
  expect(Date.now() - started).toBeLessThan(45_000); // seconds, on a busy machine, of the 900 that a start may take
  expect(error).toMatchObject({
    code: 'START_FAILED',
    message: 'the service could not be started: RuntimeError: no weights',
  });
  expect(error.details.evidence).toMatch(/^Traceback[^\n]*\n {2}File "service.py", line 6, in __init__/);
  expect(findMarkedProcesses(plan)).toEqual([]);
  expect(existsSync(join(plan.stateDirectory, 'server.json'))).toBe(false);
});

test('a constructor that ends its process fails the start within seconds, with what was printed', async () => {
  const source = `import bentoml, os
@bentoml.service
class Model:
    def __init__(self):
        print("there is no licence", flush=True)
        os._exit(3)

    @bentoml.api
    def predict(self, x: int) -> int:
        return x
`;
  const { plan, runner } = await makeRunner({ 'service.py': source });
  const started = Date.now();
  const error = await catchError(runner.start({ env: {} }));
  expect(Date.now() - started).toBeLessThan(45_000);
  expect(error).toMatchObject({
    code: 'START_FAILED',
    message: 'the service’s process ended before it could be called',
    details: { evidence: expect.stringContaining('there is no licence') },
  });
  expect(findMarkedProcesses(plan)).toEqual([]);
});

test('an import that fails is IMPORT_FAILED with the reason', async () => {
  const source = `import bentoml
import no_such_library

@bentoml.service
class Model:
    @bentoml.api
    def predict(self, x: int) -> int:
        return x
`;
  const { plan, runner } = await makeRunner({ 'service.py': source });
  const error = await catchError(runner.start({ env: {} }));
  expect(error.code).toBe('IMPORT_FAILED');
  expect(error.message).toBe(`importing service:Model failed: No module named 'no_such_library'`);
  expect(error.details.evidence).toContain('File "service.py", line 2');
  expect(findMarkedProcesses(plan)).toEqual([]);
});

test('a Cog predictor is set up once, enforces the limits of its inputs, and returns files as data', async () => {
  const files = {
    'cog.yaml': 'predict: "predict.py:Predictor"\nenvironment: ["GREETING=hello=you"]\n',
    'predict.py': `import os
from cog import BasePredictor, Input, Path

GREETING = os.environ["GREETING"]

class Predictor(BasePredictor):
    def setup(self):
        self.greeting = GREETING

    def predict(self, text: str = Input(description="what"), times: int = Input(default=1, le=3)) -> Path:
        if text == "fail":
            raise ValueError("no such text")
        with open("/tmp/cog-output-%d.txt" % os.getpid(), "w") as file:
            file.write(" ".join([self.greeting, *([text] * times)]))
        return Path(file.name)
`,
  };
  await withServer(files, {}, async (runner) => {
    const output = `data:text/plain;base64,${Buffer.from('hello=you x x').toString('base64')}`;
    expect(await runner.run({ text: 'x', times: 2 })).toEqual({ status: 'success', output });
    expect(requireFailure(await runner.run({ text: 'x', times: 4 }))).toMatchObject({
      code: 'CALL_INPUT',
      message: expect.stringContaining('times: must be at most 3, got 4'),
    });
    expect(requireFailure(await runner.run({ text: 'fail' }))).toMatchObject({
      code: 'CALL_FAILED',
      type: 'ValueError',
    });
  });
});

test('an aborted start leaves nothing running', async () => {
  const source = 'import time\ntime.sleep(60)\ndef predict(inputs): return inputs';
  const { plan, runner } = await makeRunner({ 'app.py': source });
  const abort = new AbortController();
  setTimeout(() => abort.abort(new BerthError('INTERRUPTED', 'enough')), 1_500);
  expect(await catchError(runner.start({ env: {}, signal: abort.signal }))).toMatchObject({ code: 'INTERRUPTED' });
  expect(findMarkedProcesses(plan)).toEqual([]);
});

test('a plain class is built and set up once, its limits are applied, and unbound resources are reported', async () => {
  const files = {
    'app.py': `
import os

class Model:
    def __init__(self): self.built = 1
    def setup(self): self.factor = 2
    def predict(self, number: int, *, power: int = 1, grow: bool = False):
        kept = bytearray(2_000_000_000) if grow else b""
        return {"value": number * self.factor ** power, "threads": os.environ.get("SERVICE_THREADS")}
`,
    'service/__init__.py': '',
  };
  const resources = { memory: '1Gi', concurrency: 3, cpu: 2 };
  await withServer(files, { resources }, async (runner, plan, handle) => {
    const output = { value: 12, threads: '3' };
    expect(await runner.run({ number: 3, power: 2 })).toEqual({ status: 'success', output });
    expect(requireFailure(await runner.run({ number: 3, pover: 2 }))).toMatchObject({
      code: 'CALL_INPUT',
      message: 'there is no input called pover; it takes: number, power, grow',
    });
    expect(requireFailure(await runner.run({ number: 3, grow: true }))).toMatchObject({ type: 'MemoryError' });
    expect(plan.runInterface.service).toBe('bento_service:Service');
    expect(readFileSync(plan.logFile, 'utf8')).toContain('the bentoml strategy sets no bound for cpu');
    expect(await isPortFree((handle.server as { port: number }).port)).toBe(false);
  });
});

test('a coroutine becomes an API that runs calls concurrently up to its limit', async () => {
  const source = `import asyncio

running = most = 0

async def predict(x: int):
    global running, most
    running += 1
    most = max(most, running)
    await asyncio.sleep(0.05)
    running -= 1
    return [x + 1, most]
`;
  await withServer({ 'app.py': source }, { resources: { concurrency: 2 } }, async (runner) => {
    await Promise.all(Array.from({ length: 8 }, () => runner.run({ x: 0 })));
    expect(await runner.run({ x: 1 })).toEqual({ status: 'success', output: [2, 2] });
  });
});

test('a generator becomes an API that answers with all its items', async () => {
  const source = 'def predict(n, kind="int"):\n  for i in range(n): yield {"int": int, "str": str}[kind](i)';
  await withServer({ 'app.py': source }, {}, async (runner) => {
    expect(await runner.run({ n: 3 })).toEqual({ status: 'success', output: [0, 1, 2] });
    expect(await runner.run({ n: 3, kind: 'str' })).toEqual({ status: 'success', output: '012' });
  });
});

test('keywords reach a function that takes any, and an output that JSON cannot hold is CALL_OUTPUT', async () => {
  const source = `import numpy
def predict(text, **options):
    return {"scores": numpy.ones(2)} if text == "scores" else [text, options]`;
  await withServer({ 'app.py': source }, {}, async (runner) => {
    expect(await runner.run({ text: 'a', k: 1 })).toEqual({ status: 'success', output: ['a', { k: 1 }] });
    expect(requireFailure(await runner.run({ text: 'scores' })).code).toBe('CALL_OUTPUT');
  });
});

test('it listens only on loopback unless it is exposed', async () => {
  await checkExposure(async (changes) => (await makeRunner({ 'app.py': 'def predict(): return 1' }, changes)).runner);
});
