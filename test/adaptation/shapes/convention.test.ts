/** @needs python3 */
import { expect, test } from '@jest/globals';
import { FunctionInterface } from '../../../src/contract/run-interface.js';
import { recognize } from './recognize.js';

const predict = 'def predict(inputs): return inputs\n';

/** Describes the recognized call as `recipe root module:callable call`. */
async function outcome(files: Record<string, string>): Promise<string | undefined> {
  const found = await recognize(files);
  if (found === undefined) return undefined;
  const { module, callable, call, paths } = FunctionInterface.parse(found.runInterface);
  return `${found.recipe} ${paths[0]} ${module}:${callable} ${call}`;
}

const shapes: [string, Record<string, string>, string][] = [
  ['a predict(inputs)', { 'main.py': predict }, 'inputs-function . main:predict inputs'],
  ['a run(payload)', { 'app.py': 'def run(payload): pass\n' }, 'inputs-function . app:run inputs'],
  ['a dict by annotation', { 'm.py': 'def predict(x: dict): pass\n' }, 'inputs-function . m:predict inputs'],
  [
    'an optional typing.Dict',
    { 'm.py': 'import typing\ndef predict(x: typing.Optional[typing.Dict[str, int]]): pass\n' },
    'inputs-function . m:predict inputs',
  ],
  ['a text called input', { 'm.py': 'def predict(input: str): pass\n' }, 'arguments-function . m:predict arguments'],
  ['two parameters', { 'm.py': 'def predict(inputs, k=3): pass\n' }, 'arguments-function . m:predict arguments'],
  [
    'one parameter by its own name',
    { 'm.py': 'def predict(text): pass\n' },
    'arguments-function . m:predict arguments',
  ],
  [
    'the only public function',
    { 'tool.py': 'def _part(x): pass\ndef summarize(text, words=9): pass\ndef main(): pass\n' },
    'arguments-function . tool:summarize arguments',
  ],
  [
    'a class with predict',
    { 'model.py': 'class Model:\n    def setup(self): pass\n    def predict(self, text): pass\n' },
    'predictor-class . model:Model.predict arguments',
  ],
  [
    'a class that is called',
    { 'm.py': 'class M:\n    def __call__(self, data): pass\n' },
    'predictor-class . m:M.__call__ inputs',
  ],
  [
    'a package below src',
    { 'src/lib/__init__.py': 'from .core import predict\n', 'src/lib/core.py': predict, 'pyproject.toml': '' },
    'inputs-function src lib:predict inputs',
  ],
];

test.each(shapes)('%s is recognized', async (_, files, expected) => {
  expect(await outcome(files)).toBe(expected);
});

test('the summary says what was recognized, and no file is written', async () => {
  const found = await recognize({ 'app.py': 'def predict(text, top_k=3, *, mode="a", **more): pass\n' });
  expect(found?.summary).toBe(
    "recognized `predict(text, top_k=3, mode='a', **more)` in app.py, called with the inputs by name",
  );
  expect(found?.files).toEqual({});
});

const orders: [string, Record<string, string>, string][] = [
  ['predict wins over run', { 'a.py': 'def run(x): pass\ndef predict(x): pass\n' }, 'a:predict'],
  ['a function wins over a class', { 'a.py': `class A:\n    def predict(self, x): pass\n${predict}` }, 'a:predict'],
  ['a conventional file wins over others', { 'lib.py': predict, 'predict.py': predict }, 'predict:predict'],
  ['the top wins over a subdirectory', { 'app.py': predict, 'deep/app.py': predict }, 'app:predict'],
  ['examples come last', { 'examples/predict.py': predict, 'pkg/deep/tool.py': predict }, 'pkg.deep.tool:predict'],
  ['tests do not count', { 'tests/predict.py': predict, 'test_app.py': predict, 'tool.py': predict }, 'tool:predict'],
  ['a command line named run does not count', { 'a.py': 'def run(): pass\ndef infer(x): pass\n' }, 'a:infer'],
  [
    'a class that needs arguments does not count',
    { 'a.py': 'class A:\n    def __init__(self, p): pass\n    def predict(self): pass\ndef use(x): pass\n' },
    'a:use',
  ],
];

test.each(orders)('%s', async (_, files, expected) => {
  expect(await outcome(files)).toContain(` ${expected} `);
});

test.each([
  ['import abc', 'class Base(abc.ABC):\n    @abc.abstractmethod\n    def predict(self, x): ...'],
  [
    'from abc import ABC, abstractmethod',
    'class Base(ABC):\n    @property\n    @abstractmethod\n    def size(self): ...',
  ],
  ['import typing', 'class Base(typing.Protocol):\n    def predict(self, x): ...'],
  ['from typing import Protocol, TypeVar\nT = TypeVar("T")', 'class Base(Protocol[T]):\n    def predict(self, x): ...'],
])('a class that cannot be instantiated is not a candidate (%j)', async (imports, base) => {
  const method = '    def predict(self, x): return x\n';
  const app = `${imports}\n\n${base}\n${method}\nclass Model(Base):\n    size = 1\n${method}`;
  const found = await recognize({ 'app.py': app });
  expect(found?.runInterface).toMatchObject({ callable: 'Model.predict' });
});

test('several equally good callables are listed, each with its option', async () => {
  const files = { 'app.py': predict, 'main.py': 'def predict(text): pass\n' };
  await expect(recognize(files)).rejects.toMatchObject({
    code: 'ENTRY_AMBIGUOUS',
    message: expect.stringMatching(/--entry app:predict .*predict\(inputs\) in app\.py:1\n.*--entry main:predict /),
    details: { entry: 'app:predict', candidates: ['app:predict', 'main:predict'] },
  });
  await expect(recognize({ 'tool.py': 'def one(x): pass\ndef two(x): pass\n' })).rejects.toMatchObject({
    code: 'ENTRY_AMBIGUOUS',
    details: { entry: 'tool:one' },
  });
});

test('a repository without a callable is not recognized', async () => {
  expect(await recognize({ 'app.py': 'print("hello")\nclass Data:\n    pass\n' })).toBeUndefined();
});
