/** @needs python3 */
import { expect, test } from '@jest/globals';
import { outputFunction } from '../../src/adaptation/shapes/index.js';
import { gatherFacts } from '../../src/facts/index.js';
import { recipes } from '../../strategies/bentoml/recipes.js';
import { temporarySolution } from '../support/temporary-directories.js';

async function recognize(files: Record<string, string>, entry?: string) {
  const workspace = temporarySolution(files);
  const facts = await gatherFacts(workspace);
  for (const recipe of recipes) {
    const found = await recipe.recognize({ workspace, facts, ...(entry && { entry }) });
    if (found !== undefined) return { by: recipe.name, ...found };
  }
  return undefined;
}

const service = (name: string, method: string) =>
  `import bentoml\n\n@bentoml.service\nclass ${name}:\n    @bentoml.api\n    def ${method}(self, text: str) -> str:\n        return text\n`;

test('a function becomes a service that a person could have written', async () => {
  const source = 'def summarize(text: str, words=40, *, style: "str" = None):\n    return text\n';
  const found = await recognize({ 'app.py': source });
  expect(found).toMatchObject({
    by: 'arguments-function-service',
    summary:
      'recognized `summarize(text, words=40, style=None)` in app.py, called with the inputs by name; service.py serves it',
    runInterface: { type: 'bentoml', service: 'service:Service', call: 'arguments', output_key: 'output' },
  });
  expect(found?.files['service.py']).toBe(`import asyncio
import math
import os
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import bentoml


def begin_thread():
    asyncio.set_event_loop(asyncio.new_event_loop())


# One thread runs all of the code. With SERVICE_THREADS, that many threads run calls at once.
executor = ThreadPoolExecutor(int(os.environ.get("SERVICE_THREADS", "1")), initializer=begin_thread)


def load():
    from app import summarize as _solution

    return _solution, copy_context()


_solution, context = executor.submit(load).result()


async def _run(call):
    return await asyncio.wrap_future(executor.submit(context.copy().run, call))


${outputFunction}

@bentoml.service(traffic={"timeout": 3600})
class Service:
    @bentoml.api
    async def predict(self, text: str, words=40, *, style=None) -> dict:
        return {"output": as_output(await _run(lambda: _solution(text, words, style=style)))}
`);
});

test('a coroutine waits for a slot, because BentoML limits threads only', async () => {
  const found = await recognize({ 'app.py': 'async def answer(text: str):\n    return text\n' });
  expect(found?.files['service.py']).toBe(`import asyncio
import math
import os

import bentoml

from app import answer


${outputFunction}

@bentoml.service(traffic={"timeout": 3600})
class Service:
    def __init__(self) -> None:
        self.slots = asyncio.Semaphore(int(os.environ.get("SERVICE_CONCURRENCY", "1000")))

    @bentoml.api
    async def predict(self, text: str) -> dict:
        async with self.slots:
            return {"output": as_output(await answer(text))}
`);
});

test('a method that --entry names is awaited or collected according to its own definition', async () => {
  const source = `class Model:
    def predict(self, text: str): return text
    async def score(self, text: str): return 1
    def words(self, text: str): yield text`;
  const written = async (method: string) =>
    (await recognize({ 'app.py': source }, `app:Model.${method}`))?.files['service.py'];
  expect(await written('score')).toContain('return {"output": as_output(await self.model.score(text))}');
  expect(await written('words')).toContain('_run(lambda: join(list(_solution.words(text))))');
  expect(await written('predict')).toContain('_run(lambda: _solution.predict(text))');
});

test('a parameter with the callable’s name does not hide the callable', async () => {
  const found = await recognize({ 'app.py': 'def text(text: str):\n    return text\n' });
  expect(found?.files['service.py']).toContain('from app import text as _solution');
  expect(found?.files['service.py']).toContain('_run(lambda: _solution(text))');
});

test('an existing module is not overwritten, and another import root is on the path', async () => {
  const found = await recognize({ 'src/app.py': 'def predict(inputs): return inputs\n', 'service.py': 'X = 1\n' });
  expect(Object.keys(found?.files ?? {})).toEqual(['bento_service.py']);
  expect(found?.runInterface).toMatchObject({ service: 'bento_service:Service', call: 'inputs', paths: ['src', '.'] });
});

test('the service that bentofile.yaml names is served', async () => {
  const files = { 'one.py': service('One', 'go'), 'two.py': service('Two', 'go') };
  await expect(recognize(files)).rejects.toMatchObject({ code: 'ENTRY_AMBIGUOUS' });
  const found = await recognize({ ...files, 'bentofile.yaml': 'service: "two:Two"\n' });
  expect(found).toMatchObject({ by: 'bento-service', files: {}, runInterface: { service: 'two:Two' } });
});

test('a broken bentofile.yaml is refused with its line, unless --entry names the service', async () => {
  const files = { 'one.py': service('One', 'go'), 'bentofile.yaml': 'service: "one:One"\npython: [\n' };
  const refusal = { code: 'MANIFEST_INVALID', message: expect.stringMatching(/^bentofile\.yaml:\d: .*--entry/) };
  await expect(recognize(files)).rejects.toMatchObject(refusal);
  await expect(recognize({ ...files, 'one.py': 'def predict(x): ...\n' })).rejects.toMatchObject(refusal);
  expect((await recognize(files, 'one:One'))?.runInterface).toEqual({ type: 'bentoml', service: 'one:One' });
});

test('an entry names a service, one of its APIs, or code to wrap', async () => {
  const files = { 'one.py': `${service('One', 'go')}\ndef plain(x: int):\n    return x\n` };
  expect((await recognize(files, 'one:One'))?.runInterface).toEqual({ type: 'bentoml', service: 'one:One' });
  expect((await recognize(files, 'one:One.go'))?.runInterface).toMatchObject({ service: 'one:One', api: 'go' });
  await expect(recognize(files, 'one:One.stop')).rejects.toMatchObject({ code: 'ENTRY_NOT_FOUND' });
  expect((await recognize(files, 'one:plain'))?.by).toBe('entry-service');
});

test('a Cog predictor is called by Cog’s rules', async () => {
  const predictor =
    'from cog import BasePredictor\nclass Predictor(BasePredictor):\n    def predict(self, text: str): ...\n';
  const cog = 'predict: "predict.py:Predictor"\nenvironment: ["MODE=a=b"]\n';
  const found = await recognize({ 'cog.yaml': cog, 'predict.py': predictor });
  expect(found).toMatchObject({
    by: 'cog-service',
    runInterface: { service: 'service:Service', call: 'inputs', cog: true, environment: ['MODE=a=b'] },
  });
  const software = '{"module": "predict", "callable": "Predictor", "call": "cog"}';
  expect(found?.files['service.py']).toContain(
    `EmbeddedSoftware(${software}, os.environ.get("SERVICE_THREADS"), __file__)`,
  );
  expect((await recognize({ 'cog.yaml': cog, 'predict.py': predictor }, 'predict:Predictor'))?.by).toBe(
    'entry-service',
  );
});
