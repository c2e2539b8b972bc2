/** @needs python3 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Facts } from '../../src/contract/facts.js';
import { gatherFacts } from '../../src/facts/index.js';
import { digestTree } from '../../src/workspaces/index.js';
import { temporaryHome, temporarySolution } from '../support/temporary-directories.js';

const home = temporaryHome();
const readFacts = (files: Record<string, string>): Promise<Facts> => gatherFacts(temporarySolution(files), { home });
const entryOf = (facts: Facts, callable: string) => facts.entryPoints.find((entry) => entry.callable === callable);

test('functions are found with their signatures, also behind if and try, but not private ones', async () => {
  const facts = await readFacts({
    'app.py': `
try:
    import fast
except ImportError:
    fast = None

if fast:
    async def predict(text: str, /, top_k: "int" = 3, *rest, mode=None, **extra) -> dict:
        """Says it."""
        yield text

def _hidden(): pass
shout = lambda text, mark="!": text + mark
`,
  });
  expect(facts.entryPoints.map(({ callable }) => callable)).toEqual(['predict', 'shout']);
  expect(entryOf(facts, 'predict')).toMatchObject({
    file: 'app.py',
    module: 'app',
    root: '.',
    kind: 'function',
    isAsync: true,
    isGenerator: true,
    docstring: 'Says it.',
    parameters: [
      { name: 'text', kind: 'positional', annotation: 'str', default: null },
      { name: 'top_k', kind: 'positional', annotation: 'int', default: '3' },
      { name: 'rest', kind: 'variadic', annotation: null, default: null },
      { name: 'mode', kind: 'keyword', annotation: null, default: 'None' },
      { name: 'extra', kind: 'keywords', annotation: null, default: null },
    ],
  });
  expect(entryOf(facts, 'shout')?.parameters.map(({ name }) => name)).toEqual(['text', 'mark']);
});

test('classes are found with methods, bases and what their constructor requires', async () => {
  const facts = await readFacts({
    'base.py': 'class Base:\n    def __init__(self, path): pass\n    def predict(self, text): pass\n',
    'model.py': `
from dataclasses import dataclass
from base import Base

class Model(Base):
    def setup(self): pass

class Ready(Base):
    def __init__(self, size=3): pass

@dataclass
class Settings:
    name: str
    size: int = 3

class Plain:
    @staticmethod
    def run(text): pass
    async def watch(self):
        yield 1
`,
  });
  expect(entryOf(facts, 'Model')).toMatchObject({
    kind: 'class',
    bases: ['Base'],
    methods: ['predict', 'setup'],
    parameters: [{ name: 'text' }],
    constructorParameters: [{ name: 'path' }],
  });
  expect(entryOf(facts, 'Ready')?.constructorParameters).toEqual([]);
  expect(entryOf(facts, 'Settings')?.constructorParameters.map(({ name }) => name)).toEqual(['name']);
  expect(entryOf(facts, 'Plain')?.signatures?.run?.map(({ name }) => name)).toEqual(['text']);
  expect(entryOf(facts, 'Plain')?.methodKinds?.run).toEqual({
    isAsync: false,
    isGenerator: false,
    binding: 'static',
  });
  expect(entryOf(facts, 'Plain')?.methodKinds?.watch).toEqual({ isAsync: true, isGenerator: true });
});

test('modules are named from their import root', async () => {
  const facts = await readFacts({
    'src/lib/__init__.py': 'from .core import answer\n',
    'src/lib/core.py': 'def answer(question): pass\n',
    'service/run.py': 'import parts\ndef run(x): return parts.go(x)\n',
    'service/parts.py': 'def go(x): return x\n',
    'plain/tool.py': 'def use(x): return x\n',
    'tests/test_core.py': 'def helper(): pass\n',
    'not-a-name.py': 'def lost(): pass\n',
  });
  const entries = facts.entryPoints.map(({ root, module, callable }) => `${root} ${module}:${callable}`);
  expect(entries.sort()).toEqual([
    '. not_a_name:lost',
    '. plain.tool:use',
    '. service.parts:go',
    'service run:run',
    'src lib.core:answer',
    'src lib:answer',
  ]);
  expect(facts.imports).toEqual({
    'service/run.py': ['service/parts.py'],
    'src/lib/__init__.py': ['src/lib/core.py'],
  });
});

test('a call on an instance with its own state is not a documented call', async () => {
  const facts = await readFacts({
    'app.py': `
class Counter:
    """
    >>> fresh = Counter()
    >>> fresh.predict(1)
    1
    >>> fresh.predict(2)
    2
    >>> fresh.add(5)
    >>> fresh.predict(3)
    8
    >>> Counter(start=9).predict(4)
    13
    >>> given = Counter(9)
    >>> given.predict(5)
    14
    >>> changed = Counter()
    >>> changed.total = 1
    >>> changed.predict(6)
    7
    """
    def __init__(self, start=0):
        self.total = start
    def add(self, value):
        self.total += value
    def predict(self, value):
        return self.total + value
`,
    'README.md':
      '```python\nfrom app import Counter\nplain = Counter()\nplain.predict(7)\nplain.predict(8)\nplain.add(1)\nplain.predict(9)\n```\n',
  });
  const predicted = facts.documentedCalls.filter(({ callable }) => callable === 'Counter.predict');
  expect(predicted.map(({ positional }) => positional)).toEqual([[1], [2], [7], [8]]);
});

test('documented calls come from doctests, the main guard and the README', async () => {
  const facts = await readFacts({
    'app.py': `
def predict(text, top_k=3):
    """
    >>> predict("hi", top_k=1)
    {'text': 'hi', 'scores': (0.5, 1)}
    >>> print(predict("printed"))
    anything
    >>> predict(open("x"))
    >>> predict("bad")
    Traceback (most recent call last):
    ValueError: bad
    """

class Model:
    def predict(self, inputs):
        """
        >>> model = Model()
        >>> model.predict({"a": 1})
        2
        """

if __name__ == "__main__":
    assert predict("asserted") == {"ok": True}
    print(Model().predict({"b": [1, None]}))
    unknown("x")
`,
    'README.md':
      'Use it:\n\n```python\nfrom app import predict\n\npredict("readme")\n```\n\n```sh\npredict("no")\n```\n',
  });
  expect(facts.documentedCalls).toEqual([
    ...[
      { callable: 'predict', input: { text: 'asserted' }, positional: ['asserted'], output: { ok: true }, line: 23 },
      { callable: 'Model.predict', input: { inputs: { b: [1, null] } }, positional: [{ b: [1, null] }], line: 24 },
    ].map((call) => ({ ...call, file: 'app.py', origin: 'main' })),
    ...[
      {
        callable: 'predict',
        input: { text: 'hi', top_k: 1 },
        positional: ['hi'],
        output: { text: 'hi', scores: [0.5, 1] },
        outputText: "{'text': 'hi', 'scores': (0.5, 1)}",
      },
      { callable: 'predict', input: { text: 'printed' }, positional: ['printed'] },
      {
        callable: 'predict',
        input: { text: 'bad' },
        positional: ['bad'],
        outputText: 'Traceback (most recent call last):\nValueError: bad',
      },
      { callable: 'Model.predict', input: { inputs: { a: 1 } }, positional: [{ a: 1 }], output: 2, outputText: '2' },
    ].map((call) => ({ ...call, file: 'app.py', origin: 'doctest', line: expect.any(Number) })),
    {
      callable: 'predict',
      input: { text: 'readme' },
      positional: ['readme'],
      file: 'README.md',
      line: 6,
      origin: 'readme',
    },
  ]);
});

test('syntax errors name file, line and text, and leave the other files readable', async () => {
  const facts = await readFacts({ 'good.py': 'def predict(x): pass\n', 'bad.py': 'x = 1\ndef broken(:\n' });
  expect(facts.syntaxErrors).toEqual([{ file: 'bad.py', line: 2, message: expect.any(String), text: 'def broken(:' }]);
  expect(entryOf(facts, 'predict')).toBeDefined();
  expect(facts.tags).toContain('syntax-error');
});

test('files that Python refuses for other reasons are errors of the same form', async () => {
  const facts = await readFacts({ 'null.py': 'x = 1\0\n', 'deep.py': `x = ${'('.repeat(5000)}${')'.repeat(5000)}\n` });
  expect(facts.syntaxErrors.map(({ file }) => file).sort()).toEqual(['deep.py', 'null.py']);
});

test('a graph inside a function or a test does not count as the repository’s', async () => {
  const files = {
    'app.py': `from langgraph.prebuilt import create_react_agent
def predict(text: str):
    agent = create_react_agent(None, [])
    return agent.invoke(text)
`,
    'tests/test_app.py': `from langgraph.graph import StateGraph
graph = StateGraph(dict).compile()
`,
  };
  const { frameworks, tags } = await gatherFacts(temporarySolution(files));
  expect(frameworks).toEqual([]);
  expect(tags).not.toContain('framework:langgraph');
});

test('frameworks are detected by their use, whatever their import name', async () => {
  const facts = await readFacts({
    'graph.py':
      'from langgraph.graph import StateGraph as Graph\nbuilder = Graph(dict)\nbuilder.add_node("a", print)\ngraph = builder.compile()\n',
    'service.py': 'import bentoml as b\n@b.service(threads=2)\nclass Service:\n    pass\n',
    'cloud.py': 'from modal import App\napp = App("x")\n',
    'web.py': 'import fastapi\ndef make():\n    return fastapi.FastAPI()\n',
    'site.py': 'from flask import Flask\nsite = Flask(__name__)\n',
    'cogs.py': 'from cog import BasePredictor\nclass Predictor(BasePredictor):\n    def predict(self, x): pass\n',
    'fake.py': 'class FastAPI: pass\napp = FastAPI()\ntext = "modal.App()"\n',
  });
  expect(facts.frameworks.map(({ name }) => name).sort()).toEqual(
    ['bentoml', 'cog', 'fastapi', 'flask', 'langgraph', 'modal'].sort(),
  );
  expect(facts.frameworks.find(({ name }) => name === 'langgraph')?.evidence).toMatch(/^graph\.py:4: graph = /);
});

test('models and GPU use are detected in code, files and requirements', async () => {
  const optional = await readFacts({
    'app.py':
      'import torch\nfrom transformers import AutoModel\nmodel = AutoModel.from_pretrained("org/name")\ndevice = "cuda" if torch.cuda.is_available() else "cpu"\n',
    'weights/net.safetensors': 'x',
  });
  expect(optional.models).toEqual(['org/name', 'weights/net.safetensors', 'torch (library)', 'transformers (library)']);
  expect(optional.gpu).toEqual(['app.py:4: "cuda" (where it is available)']);
  expect(optional.tags).toEqual(expect.arrayContaining(['gpu:optional', 'model', 'import:torch']));
  const needed = await readFacts({ 'app.py': 'def predict(x): return x.cuda()\n', 'requirements.txt': 'vllm\n' });
  expect(needed.gpu).toEqual(['requirements.txt: vllm', 'app.py:1: .cuda()']);
  expect(needed.tags).toContain('gpu');
});

test('the standard library and the repository’s modules are not third-party', async () => {
  const facts = await readFacts({ 'app.py': 'import own\nimport requests\n', 'own.py': '' });
  expect(facts.tags.filter((tag) => tag.startsWith('import:'))).toEqual(['import:requests']);
});

test('ignored files are no facts, and nothing is written to the repository', async () => {
  const path = temporarySolution({
    '.gitignore': 'secret.py\n',
    'secret.py': 'def predict(x): pass\n',
    'app.py': 'def run(x): pass\n',
    'venv/pyvenv.cfg': '',
    'venv/lib/module.py': 'def predict(x): pass\n',
  });
  const before = [await digestTree(path), readdirSync(path)];
  const facts = await gatherFacts(path, { home });
  expect(facts.entryPoints.map(({ callable }) => callable)).toEqual(['run']);
  expect(facts.languages).toEqual({ python: 1 });
  expect([await digestTree(path), readdirSync(path)]).toEqual(before);
});

test('code is never run by being read', async () => {
  const path = temporarySolution({
    'app.py': 'open("ran", "w").close()\n',
    'setup.py': 'open("ran", "w").close()\nfrom setuptools import setup\nsetup(install_requires=["numpy"])\n',
    'ast.py': 'open("ran", "w").close()\n',
  });
  const facts = await gatherFacts(path, { home });
  expect(facts.dependencies).toEqual([{ name: 'numpy', specifier: '', from: 'setup.py' }]);
  expect(readdirSync(path)).not.toContain('ran');
});

test('cached code is read again when a name or its content changes', async () => {
  const callables = async (files: Record<string, string>) =>
    (await readFacts(files)).entryPoints.map(({ module, callable }) => `${module}:${callable}`);
  expect(await callables({ 'a.py': 'def one(): ...\n', 'b.py': '' })).toEqual(['a:one']);
  expect(await callables({ 'a.py': 'def one(): ...\n', 'b.py': '' })).toEqual(['a:one']);
  expect(await callables({ 'a.py': 'def two(): ...\n', 'b.py': '' })).toEqual(['a:two']);
  expect(await callables({ 'a.py': '', 'b.py': 'def one(): ...\n' })).toEqual(['b:one']);
});

test('a path that does not exist is refused', async () => {
  const path = join(temporarySolution({}), 'nowhere');
  await expect(gatherFacts(path, { home })).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
});

test('a large repository is read within seconds', async () => {
  const body = Array.from({ length: 20 }, (_, index) => `def f${index}(a, b=1):\n    return [a, b, ${index}]\n`).join(
    '\n',
  );
  const files = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`pkg${index % 20}/m${index}.py`, body]));
  const path = temporarySolution(files);
  const start = performance.now();
  const facts = await gatherFacts(path, { home });
  expect(facts.languages).toEqual({ python: 2000 });
  expect(facts.entryPoints).toHaveLength(2000);
  expect(facts.notes).toEqual(['The first 2000 of 40000 callables were kept.']);
  expect(performance.now() - start).toBeLessThan(20_000);
});

test('a default is a literal, a value, or a declaration', async () => {
  const facts = await readFacts({
    'predict.py': `
import os
from dataclasses import dataclass, field
from pathlib import Path
import typer
from cog import BasePredictor, Input
from fastapi import Body, Depends, Query, Path as UrlPath
from pydantic import BaseModel, Field

Text = Input(description="what to say")
LIMIT = 3

class Settings: pass

def predict(
    a: str = Input(description="x"), b: int = Input(default=3, ge=1), c=Input("x"), d=Query(...), e=Query(None),
    f=Depends(LIMIT), g=typer.Option("g", "--g"), h=Field(default_factory=list), i=Text, j=LIMIT, k=Path("data"),
    l=os.getenv("X"), m=Settings(), n=-1, o=(1, [2]), p=..., q=UrlPath(title="x"), r=Body(default=...), s=dict(),
): pass

class Request(BaseModel):
    text: str
    size: int = 3
    name: str = Field(description="x")

@dataclass
class Options:
    items: list = field(default_factory=list)
    count: int = field(repr=False)
`,
  });
  const defaults = entryOf(facts, 'predict')?.parameters.map(({ name, default: value }) => `${name}=${value}`);
  expect(defaults).toEqual([
    'a=null',
    'b=3',
    "c='x'",
    'd=null',
    'e=None',
    'f=null',
    "g='g'",
    'h=list()',
    'i=null',
    'j=LIMIT',
    "k=Path('data')",
    "l=os.getenv('X')",
    'm=Settings()',
    'n=-1',
    'o=(1, [2])',
    'p=null',
    'q=null',
    'r=null',
    's=dict()',
  ]);
  const required = (callable: string) => entryOf(facts, callable)?.constructorParameters.map(({ name }) => name);
  expect(required('Request')).toEqual(['text', 'name']);
  expect(required('Options')).toEqual(['count']);
});

test('option flags of doctests are read, and placeholders are marked', async () => {
  const facts = await readFacts({
    'app.py': `
def predict(text):
    """
    >>> predict("skipped")  # doctest: +SKIP
    1
    >>> predict("a")  # doctest: +ELLIPSIS, +NORMALIZE_WHITESPACE
    'a...'
    >>> predict("b")  # doctest: +NORMALIZE_WHITESPACE
    [1,
     2]
    """
    return text

if __name__ == "__main__":
    predict("hello world")
    predict("data.csv")
    predict("image.png")
    predict("path/to/it")
    predict("https://example.com/x")
    predict("...")
    predict("<your text>")
    predict({"image": ["./nowhere/x"]})
    predict("and/or")
    predict("version 3.11")
    predict("Mr. Smith")
    predict("sk-1234")
`,
    'data.csv': 'a\n',
  });
  const [main, doctests] = ['main', 'doctest'].map((from) =>
    facts.documentedCalls.filter(({ origin }) => origin === from),
  );
  expect(doctests).toMatchObject([
    { positional: ['a'], outputText: "'a...'", options: ['ELLIPSIS', 'NORMALIZE_WHITESPACE'] },
    { positional: ['b'], output: [1, 2], outputText: '[1,\n 2]', options: ['NORMALIZE_WHITESPACE'] },
  ]);
  expect(doctests?.[0]).not.toHaveProperty('output');
  expect(main?.filter(({ isPlaceholder }) => !isPlaceholder).map(({ positional }) => positional[0])).toEqual([
    'hello world',
    'data.csv',
    'and/or',
    'version 3.11',
    'Mr. Smith',
  ]);
});

test('methods without an instance, decorated functions and objects are distinguished', async () => {
  const facts = await readFacts({
    'app.py': `
import functools
from elsewhere import measured

class Price:
    def __init__(self, amount): pass
    @classmethod
    def fromstring(cls, text, currency="x"): pass
    @staticmethod
    def zero(): pass
    @property
    def name(self): pass
    def predict(self, x): pass

def replacing(function):
    def wrapper(first, second): return function(first)
    return wrapper

def keeping(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs): return function(*args, **kwargs)
    return wrapper

@replacing
def one(text): pass
@keeping
def two(text): pass
@measured("x")
def three(text): pass
@functools.lru_cache(maxsize=None)
def four(text): pass

def load() -> "Price": return Price(1)

price = Price("3")
made = load()
named: Price = build()
chain = price | made
part = functools.partial(two, "x")
bound = price.predict
LIMIT = compute()

if __name__ == "__main__":
    Price.fromstring("3 EUR")
`,
  });
  expect(entryOf(facts, 'Price')).toMatchObject({
    methods: ['fromstring', 'zero', 'predict'],
    methodKinds: { fromstring: { binding: 'class' }, zero: { binding: 'static' } },
    signatures: { fromstring: [{ name: 'text' }, { name: 'currency' }], zero: [] },
  });
  const names = (callable: string) => entryOf(facts, callable)?.parameters.map(({ name }) => name);
  expect([names('one'), names('two'), names('three')]).toEqual([['first', 'second'], ['text'], ['text']]);
  expect(facts.entryPoints.flatMap(({ callable, decorators }) => (decorators ? [[callable, decorators]] : []))).toEqual(
    [['three', ['measured']]],
  );
  for (const name of ['price', 'made', 'named']) expect(entryOf(facts, name)?.methods).toContain('predict');
  for (const name of ['chain', 'part', 'bound']) expect(entryOf(facts, name)).toMatchObject({ kind: 'object' });
  expect(entryOf(facts, 'LIMIT')).toBeUndefined();
  expect(facts.documentedCalls).toMatchObject([{ callable: 'Price.fromstring', input: { text: '3 EUR' } }]);
});
