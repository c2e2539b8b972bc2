/** @needs python3 uv */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { packageRoot } from '../../src/home/package-root.js';
import { callCog, dataUri, installedPythons, outputs } from './call-cog.js';
import { serve, success } from './serve.js';

test('setup runs once, with weights from COG_WEIGHTS or the code’s directory', async () => {
  const source = `
from cog import BasePredictor, Path

class Predictor(BasePredictor):
    def setup(self, weights: Path = None):
        self.weights = weights.read_text() if weights else "none"
        self.calls = 0

    def predict(self) -> str:
        self.calls += 1
        return f"{self.weights} {self.calls}"
`;
  const inputs = [{}, {}];
  expect(outputs(await callCog({ source, inputs }))).toEqual(['none 1', 'none 2']);
  expect(outputs(await callCog({ source, inputs, files: { weights: 'local' } }))).toEqual(['local 1', 'local 2']);
  const environment = { COG_WEIGHTS: dataUri('given') };
  const given = await callCog({ source, inputs, environment, files: { weights: 'local' } });
  expect(outputs(given)).toEqual(['given 1', 'given 2']);
  expect(given.left).toEqual([]);
});

test('a setup with the weights annotation of older versions gets none if there are none', async () => {
  const source = `
from typing import Optional
from cog import BasePredictor
from cog.types import Weights

class Predictor(BasePredictor):
    def setup(self, weights: Optional[Weights] = None):
        self.weights = weights

    def predict(self) -> str:
        return repr(self.weights)
`;
  expect(outputs(await callCog({ source, inputs: [{}] }))).toEqual(['None']);
});

test('run() of a runner and a plain function are called like predict()', async () => {
  const runner =
    'from cog import BaseRunner\n\nclass Runner(BaseRunner):\n    def run(self, text: str) -> str:\n        return text.upper()\n';
  expect(outputs(await callCog({ source: runner, callable: 'Runner', inputs: [{ text: 'a' }] }))).toEqual(['A']);
  const plain =
    'from cog import Input\n\ndef predict(text: str = Input(default="b")) -> str:\n    return text.upper()\n';
  expect(outputs(await callCog({ source: plain, callable: 'predict', inputs: [{}] }))).toEqual(['B']);
});

test('a class without either method is refused', async () => {
  const source = 'from cog import BasePredictor\n\nclass Predictor(BasePredictor):\n    pass\n';
  await expect(callCog({ source, inputs: [] })).rejects.toThrow('Predictor has neither run() nor predict()');
});

test('a sync predictor answers one call at a time', async () => {
  const source = `
import time
from cog import BasePredictor

class Predictor(BasePredictor):
    busy = 0
    def predict(self, wait: float) -> int:
        Predictor.busy += 1
        time.sleep(wait)
        Predictor.busy -= 1
        return Predictor.busy
`;
  const { call } = await serve(source, 'Predictor', { call: 'cog' });
  const answers = await Promise.all(Array.from({ length: 4 }, () => call({ wait: 0.02 })));
  expect(answers).toEqual([0, 0, 0, 0].map(success));
});

const counting = (decorator: string) => `
import asyncio, cog

class Predictor(cog.BasePredictor):
    async def setup(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.busy = self.most = 0

    ${decorator}
    async def predict(self) -> list:
        self.busy += 1
        self.most = max(self.most, self.busy)
        await asyncio.sleep(0.05)
        self.busy -= 1
        return [self.most, self.loop is asyncio.get_running_loop()]
`;

test('an async predictor runs as many concurrent calls as it declares, on the loop of its setup', async () => {
  const most = async (decorator: string, variables: string[] = [], resources = {}) => {
    const { call } = await serve(counting(decorator), 'Predictor', { call: 'cog', variables, resources });
    return (await Promise.all(Array.from({ length: 4 }, () => call({})))).at(-1);
  };
  expect(await most('')).toEqual(success([1, true]));
  expect(await most('@cog.concurrent(max=3)')).toEqual(success([3, true]));
  expect(await most('@cog.concurrent(max=3)', ['COG_MAX_CONCURRENCY=2'])).toEqual(success([2, true]));
  expect(await most('@cog.concurrent(max=3)', [], { concurrency: 4 })).toEqual(success([4, true]));
});

test('async predictors and generators work', async () => {
  const source = `
from cog import AsyncConcatenateIterator, BasePredictor, Path

class Predictor(BasePredictor):
    async def predict(self, file: Path) -> AsyncConcatenateIterator[str]:
        for letter in file.read_text():
            yield letter.upper()
`;
  const inputs = [{ file: dataUri('abc') }, {}];
  const reply = await callCog({ source, inputs, together: true });
  expect(outputs(reply)).toEqual(['ABC', 'file: is required. Inputs: file: Path.']);
  expect(reply).toMatchObject({ isAsync: true, left: [] });
});

test('the names that cog exports exist, and their records have no effect', async () => {
  const source = `
import warnings
from cog import (AsyncConcatenateIterator, BaseModel, BasePredictor, BaseRunner, CancelationException, ConcatenateIterator,
                 ExperimentalFeatureWarning, FieldInfo, File, Input, Opaque, Path, Secret, URLFile, URLPath, __version__,
                 concurrent, current_scope, emit_metric, streaming)
from cog.types import Path as SamePath
warnings.filterwarnings("ignore", category=ExperimentalFeatureWarning)

class Predictor(BasePredictor):
    def predict(self) -> bool:
        self.record_metric("tokens", 1, mode="incr")
        current_scope().record_metric("a.b", 2)
        self.scope.metrics["c"] = 3
        del self.scope.metrics["c"]
        emit_metric("d", 4)
        return Path is SamePath and not issubclass(CancelationException, Exception)
`;
  expect(outputs(await callCog({ source, inputs: [{}] }))).toEqual([true]);
});

test.each(installedPythons())('%s serves a complete predictor', async (python) => {
  const source = `
from typing import List, Optional
from cog import BaseModel, BasePredictor, Input, Path

class Output(BaseModel):
    text: str
    sizes: Optional[List[int]]

class Predictor(BasePredictor):
    def setup(self, weights: Optional[Path] = None):
        self.mark = "!"

    def predict(self, file: Path, times: int = Input(default=1, ge=1, le=3)) -> Output:
        return Output(text=file.read_text() * times + self.mark)
`;
  const inputs = [
    { file: dataUri('ab'), times: '2' },
    { file: dataUri('ab'), times: 4 },
  ];
  const reply = await callCog({ source, inputs, python: [python] });
  expect(reply.replies[0]).toEqual({ output: { text: 'abab!', sizes: null } });
  expect(reply.replies[1]?.error).toContain('times: must be at most 3, got 4');
  expect(reply.left).toEqual([]);
});

test('pydantic models are inputs and outputs', async () => {
  const source = `
from cog import BasePredictor, Path
from pydantic import BaseModel, Field

class Box(BaseModel):
    label: str
    size: int = Field(default=1, ge=1)

class Output(BaseModel):
    model_config = {"arbitrary_types_allowed": True}
    boxes: list[Box]
    file: Path

class Predictor(BasePredictor):
    def predict(self, box: Box, file: Path) -> Output:
        return Output(boxes=[box], file=file)
`;
  const file = dataUri('a');
  const inputs = [
    { box: { label: 'x', size: '3' }, file },
    { box: { size: 0 }, file },
  ];
  const reply = await callCog({
    source,
    inputs,
    python: ['uv', 'run', '--no-project', '--quiet', '--with', 'pydantic>=2', 'python'],
  });
  expect(reply.replies[0]).toEqual({ output: { boxes: [{ label: 'x', size: 3 }], file } });
  expect(reply.replies[1]?.type).toBe('CallInputError');
  expect(reply.replies[1]?.error).toContain('label');
});

const real = (version: string) => ['uv', 'run', '--no-project', '--quiet', '--with', `cog==${version}`, 'python'];

test.each(['0.16.12', '0.23.1'])('cog %s in the environment declares the inputs', async (version) => {
  const source = `
from typing import List, Optional
import cog
from cog import BaseModel, BasePredictor, File, Input, Path, Secret, current_scope

class Output(BaseModel):
    text: str
    copies: List[Path]
    note: Optional[str]

class Predictor(BasePredictor):
    def predict(
        self,
        file: Path,
        times: int = Input(default=1, ge=1, le=3),
        style: str = Input(choices=["plain", "loud"]),
        note: str = Input(default=None, regex="^[a-z]+$", max_length=5),
        key: Secret = Input(default=None),
    ) -> Output:
        assert "site-packages" in cog.__file__
        current_scope().record_metric("times", times)
        text = " ".join([file.read_text() * times, style, str(key), type(file).__name__])
        return Output(text=text, copies=[file], note=note)
`;
  const file = dataUri('ab');
  const right = { file, times: '2', style: 'loud', key: 'hush' };
  const wrong = { file, times: 4, style: 'shrill', note: 'ABCDEF' };
  const reply = await callCog({ source, inputs: [right, wrong, {}], python: real(version) });
  expect(reply.replies[0]).toEqual({ output: { text: 'abab loud ********** Path', copies: [file], note: null } });
  expect(reply.replies[1]?.error).toMatch(
    /^times: must be at most 3, got 4; style: must be one of "plain", "loud"; got "shrill"; note: must have at most 5/,
  );
  expect(reply.replies[2]?.error).toMatch(/^file: is required; style: is required\. Inputs: /);
  expect(reply.left).toEqual([]);
});

test('the captioner example passes its examples', async () => {
  const example = (file: string) => readFileSync(join(packageRoot, 'examples', 'cog-captioner', file), 'utf8');
  const { environment } = parse(example('cog.yaml')) as { environment: string[] };
  const examples = parse(example('examples.yaml')) as { input: object; output: object }[];
  const reply = await callCog({
    source: example('predict.py'),
    files: { 'png.py': example('png.py') },
    callable: 'Captioner',
    environment: Object.fromEntries(environment.map((line) => [line.split('=')[0] ?? '', line.split('=')[1] ?? ''])),
    inputs: [...examples.map(({ input }) => input), { ...examples[0]?.input, colours: 1, swatch: true }],
  });
  expect(reply.replies).toMatchObject([
    ...examples.map(({ output }) => ({ output })),
    { output: { caption: 'A wide picture, mostly blue.', swatch: expect.stringMatching(/^data:image\/png;base64,/) } },
  ]);
});
