/** @needs python3 uv */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { Requirements } from '../../src/environments/index.js';
import { gatherFacts } from '../../src/facts/index.js';
import { readTraceback } from '../../strategies/modal/calls/find-traceback.js';
import { parseOutput, toJsonValue } from '../../strategies/modal/calls/parse-output.js';
import { appName } from '../../strategies/modal/cloud/app-name.js';
import { describeImage } from '../../strategies/modal/recipes/describe-image.js';
import { ModalRunner } from '../../strategies/modal/runner.js';
import type { FakeModal } from '../support/modal/fake-modal.js';
import { temporaryDirectory, temporarySolution } from '../support/temporary-directories.js';
import { createModalPlan, openFakeModal, recognizeApp } from './modal-plan.js';

let modal: FakeModal;

beforeAll(async () => {
  modal = await openFakeModal();
});

test('a function becomes an app that a person could have written', async () => {
  const workspace = temporarySolution({
    'app.py': 'def summarize(text: str, words=40):\n    return text\n',
    'requirements.txt': 'idna\n',
  });
  const found = await recognizeApp(workspace);
  expect(found).toMatchObject({
    by: 'arguments-function-app',
    summary:
      'recognized `summarize(text, words=40)` in app.py, called with the inputs by name; modal_app.py makes it a Modal function',
    runInterface: { type: 'modal', file: 'modal_app.py', function_name: 'call', call: 'json' },
  });
  expect(found?.files).toEqual({
    'modal_app.py': `import json
from pathlib import Path

import modal

here = Path(__file__).parent
image = modal.Image.debian_slim().pip_install_from_requirements(str(here / "requirements.txt"))
if modal.is_local():
    image = image.add_local_dir(here, "/root", ignore=[".git", ".venv", "**/__pycache__", ".env*"])

app = modal.App("summarize", image=image)


def as_json(value):
    for name in ("tolist", "model_dump", "isoformat"):
        if hasattr(value, name):
            return getattr(value, name)()
    raise TypeError(f"{type(value).__name__} is not JSON serializable")


@app.function()
def call(payload: str) -> str:
    from app import summarize

    return json.dumps(summarize(**json.loads(payload)), default=as_json)
`,
  });
});

test('code that needs a GPU requests the smallest, and no file is overwritten', async () => {
  const workspace = temporarySolution({
    'modal_app.py': 'X = 1\n',
    'model.py': 'class Model:\n    def predict(self, inputs):\n        return self.net.cuda()(inputs)\n',
  });
  const found = await recognizeApp(workspace);
  expect(Object.keys(found?.files ?? {})).toEqual(['served_modal_app.py']);
  expect(found?.files['served_modal_app.py']).toContain(
    `app = modal.App("Model", image=image)

loading = Lock()


@cache
def load():
    from model import Model

    model = Model()
    return model


def as_json(value):
    for name in ("tolist", "model_dump", "isoformat"):
        if hasattr(value, name):
            return getattr(value, name)()
    raise TypeError(f"{type(value).__name__} is not JSON serializable")


@app.function(gpu="T4", memory=16384)
def call(payload: str = "{}") -> str:
    with loading:  # calls may be concurrent
        model = load()
    return json.dumps(model.predict(json.loads(payload)), default=as_json)
`,
  );
});

test('host modules load code that cannot be imported by name or read without an import', async () => {
  const workspace = temporarySolution({ 'my-model/01-predict.py': 'globals()["shout"] = str.upper\n' });
  const found = await recognizeApp(workspace, 'my-model/01-predict.py:shout');
  expect(found).toMatchObject({ by: 'entry-app', runInterface: { type: 'modal', call: 'json', host: true } });
  const source = found?.files['modal_app.py'];
  expect(source).toContain('.env({"PYTHONPATH": "/root/my-model"})');
  expect(source).toContain('add_local_python_source("berth_host", "shims")');
  const software =
    '{"module": "_01_predict", "callable": "shout", "call": "auto", "file": "my-model/01-predict.py", "paths": ["my-model", "."]}';
  expect(source).toContain(`return EmbeddedSoftware(${software}, None, __file__)`);
});

test('a Cog predictor becomes an app with Cog’s rules and the variables of its cog.yaml', async () => {
  const workspace = temporarySolution({
    'cog.yaml': 'build:\n  gpu: true\npredict: "sub/predict.py:Predictor"\nenvironment: ["MODE=a=\\"b\\""]\n',
    'sub/predict.py':
      'from cog import BasePredictor\nclass Predictor(BasePredictor):\n    def predict(self, text: str): ...\n',
  });
  const found = await recognizeApp(workspace);
  expect(found).toMatchObject({
    by: 'cog-app',
    summary: expect.stringContaining('the Cog predictor `Predictor.predict(text)` in sub/predict.py; modal_app.py'),
    runInterface: { type: 'modal', file: 'modal_app.py', function_name: 'call', call: 'json', cog: true },
  });
  expect(found?.files).toEqual({
    'modal_app.py': `import json
from functools import cache
from pathlib import Path
from threading import Lock

import modal

here = Path(__file__).parent
image = modal.Image.debian_slim().env({"MODE": "a=\\"b\\""})
if modal.is_local():
    image = image.add_local_dir(here, "/root", ignore=[".git", ".venv", "**/__pycache__", ".env*"])
    image = image.add_local_python_source("berth_host", "shims")

app = modal.App("Predictor", image=image)

loading = Lock()


@cache
def load():
    from berth_host.embedded_software import EmbeddedSoftware

    return EmbeddedSoftware({"module": "sub.predict", "callable": "Predictor", "call": "cog"}, None, __file__)


@app.function(gpu="T4", memory=16384)
def call(payload: str) -> str:
    from berth_host.answers import answer_with, refuse
    from berth_host.errors import HostError

    with loading:  # calls may be concurrent
        software = load()
    try:
        answer = answer_with(software.submit(json.loads(payload)).result())
    except HostError as error:
        answer = refuse(error.code, error.message)
    return answer.decode()
`,
  });
});

test('a method is awaited or collected according to its own definition', async () => {
  const source = `class Model:
    def predict(self, text: str): ...
    async def score(self, text: str): ...
    def words(self, text: str):
        yield text
`;
  const written = async (entry: string) =>
    (await recognizeApp(temporarySolution({ 'app.py': source }), entry))?.files['modal_app.py'];
  expect(await written('app:Model.score')).toContain(
    'model = load()\n    return json.dumps(await model.score(**json.loads(payload))',
  );
  expect(await written('app:Model.words')).toContain('json.dumps(join(list(model.words(**json.loads(payload)))),');
  expect(await written('app:Model')).toContain('model = load()\n    return json.dumps(model.predict(');
});

const app = 'import modal\n\napp = modal.App("x")\n\n\n';

test('the functions of an app are found, and the one to call is not guessed', async () => {
  const workspace = temporarySolution({
    'cloud.py': `${app}@app.function()\ndef one(text: str):\n    return text\n\n\n@app.function(gpu="T4")\n@modal.fastapi_endpoint()\ndef page():\n    return 1\n\n\n@app.cls()\nclass Two:\n    @modal.enter()\n    def load(self):\n        pass\n\n    @modal.method()\n    def run(self, inputs: dict):\n        return inputs\n`,
  });
  const { frameworks } = await gatherFacts(workspace);
  expect(frameworks.map(({ evidence }) => evidence)).toEqual([
    'cloud.py:3: app = modal.App(…)',
    'cloud.py:7: @app.function one',
    'cloud.py:13: @app.function page (fastapi_endpoint)',
    'cloud.py:18: @app.cls Two: run',
  ]);
  await expect(recognizeApp(workspace)).rejects.toMatchObject({
    code: 'ENTRY_AMBIGUOUS',
    details: { candidates: ['cloud:one', 'cloud:Two.run'] },
  });
  const common = { type: 'modal', file: 'cloud.py' };
  expect((await recognizeApp(workspace, 'cloud:one'))?.runInterface).toEqual({
    ...common,
    function_name: 'one',
    call: 'arguments',
  });
  expect(await recognizeApp(workspace, 'cloud.py:Two')).toMatchObject({
    by: 'modal-app',
    files: {},
    runInterface: { ...common, function_name: 'Two.run', call: 'inputs' },
  });
});

test('an app without a function in the cloud is not wrapped, and the error says what is missing', async () => {
  const constructed = `${app}@app.cls()\nclass Old:\n    def __init__(self, size):\n        pass\n\n    @modal.method()\n    def predict(self, a):\n        return a\n`;
  expect(await recognizeApp(temporarySolution({ 'cloud.py': constructed }))).toBeUndefined();
  const local = `${app}@app.local_entrypoint()\ndef main(text: str = ""):\n    print(text)\n`;
  await expect(recognizeApp(temporarySolution({ 'cloud.py': local }))).rejects.toMatchObject({
    code: 'ENTRY_NOT_FOUND',
    message: expect.stringMatching(/local_entrypoint \(main in cloud\.py\) runs on the machine .*@app\.function\(\)/),
  });
});

const shapes = `import modal
from fastapi import Request
from pydantic import BaseModel

image = modal.Image.debian_slim()
shop = modal.App("x", image=image)


class Item(BaseModel):
    text: str


@shop.cls()
class Model:
    name: str = modal.parameter()
    size: int = modal.parameter(default=3)
    cache: dict = modal.parameter(init=False)

    @modal.method()
    def run(self, text):
        return text

    @modal.method()
    def stream(self):
        yield 1

    @modal.fastapi_endpoint(method="POST", requires_proxy_auth=True)
    def page(self, item: Item, top: int = 3):
        return 1


@shop.function()
def count(inputs: dict):
    yield inputs


@shop.function(name="other")
@modal.asgi_app()
def serve():
    return None
`;

const interfaces: [string, string, Record<string, unknown>][] = [
  ['a class', 'cloud:Model.run', { function_name: 'Model.run', parameters: ['name', 'size'], required: ['name'] }],
  [
    'a class with values',
    'cloud:Model(name="a, b", size=2).run',
    { function_name: 'Model.run', values: { name: 'a, b', size: 2 }, call: 'arguments' },
  ],
  [
    'an endpoint of a class',
    'cloud:Model(name=a).page',
    { call: 'http', method: 'POST', path: '/', query: ['top'], body: ['item'], protected: true, values: { name: 'a' } },
  ],
  ['a web application', 'cloud.py:serve/predict', { call: 'http', function_name: 'other', path: '/predict' }],
  ['a generator', 'cloud:count', { file: 'modal_app.py', function_name: 'call', generator: 'count', call: 'json' }],
];

test.each(interfaces)('%s of an app is called according to its decorators', async (_, entry, expected) => {
  const found = await recognizeApp(temporarySolution({ 'cloud.py': shapes }), entry);
  expect(found?.runInterface).toMatchObject({ type: 'modal', app_name: 'shop', ...expected });
});

test('a generator gets a function that collects its items', async () => {
  const found = await recognizeApp(temporarySolution({ 'cloud.py': shapes }), 'cloud:count');
  expect(found?.files).toEqual({
    'modal_app.py': `import json

from cloud import count, image, shop

collector_image = image.add_local_python_source("cloud")


def join(items: list):
    """Joins streamed text. Other items stay a list."""
    return "".join(items) if items and all(isinstance(item, str) for item in items) else items


@shop.function(image=collector_image)
def call(payload: str = "{}") -> str:
    inputs = json.loads(payload)
    return json.dumps(join(list(count.remote_gen(inputs))))
`,
  });
});

const refused: [string, string, RegExp][] = [
  ['cloud:Model(depth=1).run', 'ENTRY_NOT_FOUND', /Model has no parameter depth; it has: name, size/],
  ['cloud:Model.page', 'ENTRY_NOT_FOUND', /say --entry 'cloud:Model\(name=VALUE\)\.page'/],
  ['cloud:Model.stream', 'ENTRY_NOT_FOUND', /add a function to the app that returns list\(Model/],
  ['cloud:Model(3).run', 'ENTRY_INVALID', /3 is not NAME=VALUE/],
];

test.each(refused)('the entry %s is refused with a remedy', async (entry, code, message) => {
  const refusal = recognizeApp(temporarySolution({ 'cloud.py': shapes }), entry);
  await expect(refusal).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

const manifests: [string, Record<string, string>, string][] = [
  [
    'pyproject.toml',
    { 'pyproject.toml': '[project]\nname = "a"\nversion = "1"\ndependencies = ["idna==3.7"]\n' },
    '.pip_install_from_pyproject(str(here / "pyproject.toml"))',
  ],
  ['a Pipfile', { Pipfile: '[packages]\nidna = "==3.7"\n' }, '.pip_install("idna==3.7")'],
  ['setup.py', { 'setup.py': 'import setuptools\nsetuptools.setup(name="a")\n' }, '"cd /build && pip install ."'],
  [
    'requirements with paths',
    { 'requirements.txt': './tool\n', 'tool/pyproject.toml': '[project]\nname = "t"\nversion = "1"\n' },
    '"cd /build && pip install -r requirements.txt"',
  ],
];

test.each(manifests)('%s is installed in the image', async (_, files, expected) => {
  const source = { 'shouting.py': 'def predict(text: str):\n    return text.upper()\n' };
  const found = await recognizeApp(temporarySolution({ ...source, ...files }));
  expect(found?.files['modal_app.py']).toContain(expected);
});

const given = ', secrets=[modal.Secret.from_local_environ(["TOKEN"])])';
const source = { 'shouting.py': 'def predict(text: str):\n    return text.upper()\n' };
const index = `--extra-index-url https://\${TOKEN}@index.test/simple`;

test.each<[string, Record<string, string>, string]>([
  ['a requirement file', { 'requirements.txt': `${index}\nidna\n` }, `(str(here / "requirements.txt")${given}`],
  [
    'requirements with paths',
    {
      'requirements.txt': `./tool\nidna @ https://\${TOKEN}@host.test/idna.whl\n`,
      'tool/pyproject.toml': '[project]\nname = "t"\nversion = "1"\n',
    },
    `.run_commands("cd /build && pip install -r requirements.txt"${given}`,
  ],
  [
    'a Pipfile',
    { Pipfile: '[[source]]\nname = "own"\nurl = "https://$TOKEN@index.test/simple"\n[packages]\nidna = "*"\n' },
    `pip install --index-url \\"https://\${TOKEN}@index.test/simple\\" \\"idna\\""${given}`,
  ],
])('variables that %s mentions reach the step of the image that needs them', async (_, files, expected) => {
  const found = await recognizeApp(temporarySolution({ ...source, ...files }));
  expect(found?.files['modal_app.py']).toContain(expected);
  expect(found?.runInterface).toMatchObject({ build_variables: ['TOKEN'] });
});

test('a shell substitutes only variables in requirements', async () => {
  const lines = [
    `idna @ https://\${TOKEN}@host.test/a b$HOME.whl ; python_version > "3" and 'x' != '\`id\`'`,
    'six>=1',
  ];
  const requirements = {
    lines,
    options: [index],
    condaPackages: [],
    strategyRequirements: [],
    pipFiles: [],
    packages: [],
    projects: [],
  };
  const pip = { requirements: [{ text: lines[0] }], constraints: [], options: [] };
  const withLines = { ...requirements, pip, lock: null, needsCopy: false } as unknown as Requirements; // the fields that are read
  const image = describeImage({ requirements: withLines, versions: {}, roots: [] });
  const [, command = ''] = /\.run_commands\(("(?:[^"\\]|\\.)*")/.exec(image) ?? [];
  const printed = `pip() { printf '%s\\n' "$@"; }; ${JSON.parse(command)}`;
  const { stdout } = spawnSync('sh', ['-c', printed], { env: { TOKEN: 's3cret', HOME: '/home' }, encoding: 'utf8' });
  const filled = (text: string) => text.replace(`\${TOKEN}`, 's3cret');
  const [name = '', address = ''] = filled(index).split(' ');
  expect(stdout.trimEnd().split('\n')).toEqual(['install', name, address, ...lines.map(filled)]);
});

test('an image build gets the variables that its requirements use, and no others', async () => {
  const files = { ...source, 'requirements.txt': `${index}\nidna\n` };
  const plan = await createModalPlan(join(temporaryDirectory(), 'plan'), files, { revision: 'r77' });
  const runner = new ModalRunner(plan);
  const missing = `requirements of the image use \${TOKEN}, which has no value: add --env TOKEN`;
  await expect(runner.start({ env: {} })).rejects.toMatchObject({ code: 'BUILD_FAILED', message: missing });
  try {
    await runner.start({ env: { TOKEN: 'hunter2-token', OTHER: 'kept-out' } });
    expect(await runner.run({ text: 'loud' })).toEqual({ status: 'success', output: 'LOUD' });
    expect([...modal.account.buildVariables.values()]).toContainEqual({ TOKEN: 'hunter2-token' });
    expect(JSON.stringify([...modal.account.buildVariables.values()])).not.toContain('kept-out');
    expect(readFileSync(plan.logFile, 'utf8')).not.toContain('hunter2-token');
  } finally {
    await runner.undo();
  }
}, 60_000);

const project = '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.10"\n';
const lock =
  'version = 1\nrequires-python = ">=3.10"\n\n[[package]]\nname = "a"\nversion = "1"\nsource = { virtual = "." }\n';
const built = `[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n${project}`;
const deployable: [string, Record<string, string>, string[]][] = [
  ['a package', { 'pyproject.toml': built }, ['cd /build && pip install .']],
  ['uv.lock', { 'pyproject.toml': project, 'uv.lock': lock }, ['uv sync', 'uv.lock']],
];

test.each(deployable)(
  'Modal’s command line takes the image of %s, and the code is found below its root',
  async (name, files, expected) => {
    const source = { 'src/shouting.py': 'async def predict(text: str):\n    return text.upper()\n' };
    const directory = join(temporaryDirectory(), 'plan');
    const plan = await createModalPlan(directory, { ...source, ...files }, { revision: `r${name.length}` });
    const runner = new ModalRunner(plan);
    try {
      await runner.start({ env: {} });
      expect(await runner.run({ text: 'loud' })).toEqual({ status: 'success', output: 'LOUD' });
      const image = modal.account.images.get(modal.account.describe(appName(plan), 'call')?.image_id ?? '') ?? [];
      for (const part of expected) expect(image.join('\n')).toContain(part);
    } finally {
      await runner.undo();
    }
  },
  60_000,
);

test('Python’s output is read completely, or refused with the path of what is not JSON', () => {
  expect(parseOutput('{"a": [1, "NaN", "\\"Infinity"]}')).toEqual({ a: [1, 'NaN', '"Infinity'] });
  expect(() => parseOutput('{"a": [1, NaN, "NaN"]}')).toThrow('output.a[1] is NaN, which JSON cannot hold');
  expect(() => parseOutput('[-Infinity]')).toThrow('output[0] is -Infinity');
  expect(() => parseOutput('fine')).toThrow('the function returned text that is not JSON: fine');
  expect(toJsonValue({ day: new Date(0), small: 2n ** 50n, many: new Set([1]), none: undefined })).toEqual({
    day: '1970-01-01T00:00:00.000Z',
    small: 2 ** 50,
    many: [1],
    none: null,
  });
  expect(toJsonValue({ n: 2n ** 60n + 1n })).toEqual({ n: 1152921504606846977n });
  expect(parseOutput('{"n": 9223372036854775807}')).toEqual({ n: 9223372036854775807n });
});

test('a traceback starts at the first frame of the code', () => {
  const text = `before
Traceback (most recent call last):
  File "/pkg/modal/_container.py", line 1, in run
    run()
  File "/root/app.py", line 2, in predict
    raise shop.Closed("at night: sorry")
shop.Closed: at night: sorry
`;
  expect(readTraceback(text)).toEqual({
    type: 'Closed',
    message: 'at night: sorry',
    traceback:
      'Traceback (most recent call last):\n  File "app.py", line 2, in predict\n    raise shop.Closed("at night: sorry")\nshop.Closed: at night: sorry',
  });
  expect(readTraceback('Traceback (most recent call last):\n  File "/root/app.py", line 2')).toBeUndefined();
});
