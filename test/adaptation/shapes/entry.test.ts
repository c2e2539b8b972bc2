/** @needs python3 */
import { expect, test } from '@jest/globals';
import { recognize } from './recognize.js';

const files = {
  'app.py': 'def predict(inputs): pass\ndef summarize(text, words=3): pass\nmodel = make()\n',
  'src/lib/model.py': `
class Model:
    def classify(self, payload): pass
    def predict(self, text): pass
class Needy:
    def __init__(self, path): pass
    def predict(self): pass
class Mute:
    def forward(self, x): pass
`,
  'src/lib/__init__.py': '',
  'broken.py': 'def predict(:\n',
};

const named: [string, Record<string, unknown>][] = [
  ['app:summarize', { module: 'app', callable: 'summarize', call: 'arguments', paths: ['.'] }],
  ['app.py:predict', { module: 'app', callable: 'predict', call: 'inputs' }],
  ['./app.py:predict', { module: 'app', callable: 'predict', call: 'inputs' }],
  ['lib.model:Model', { module: 'lib.model', callable: 'Model.predict', call: 'arguments', paths: ['src', '.'] }],
  ['lib.model:Model.classify', { callable: 'Model.classify', call: 'inputs' }],
  ['src/lib/model.py:Mute.forward', { module: 'lib.model', callable: 'Mute.forward' }],
];

test.each(named)('--entry %s is called', async (entry, expected) => {
  const found = await recognize(files, entry);
  expect(found).toMatchObject({ recipe: 'entry', runInterface: { type: 'function', ...expected } });
  expect(found?.summary).toMatch(/named by --entry$/);
});

const unseen: [string, Record<string, unknown>][] = [
  ['app:model', { module: 'app', callable: 'model' }],
  ['app:dynamic', { module: 'app', callable: 'dynamic' }],
  ['app:state.model.predict', { module: 'app', callable: 'state.model.predict' }],
  ['app:predict.run', { module: 'app', callable: 'predict.run' }],
  ['lib.model:Model.train', { module: 'lib.model', callable: 'Model.train', paths: ['src', '.'] }],
  ['lib.model:Needy.inner.run', { module: 'lib.model', callable: 'Needy.inner.run' }],
  ['lib.model:Mute', { module: 'lib.model', callable: 'Mute' }],
  ['lib:made', { module: 'lib', callable: 'made', paths: ['src', '.'] }],
  ['empty.py:predict', { module: 'empty', callable: 'predict', paths: ['.'] }],
  ['json:dumps', { module: 'json', callable: 'dumps', paths: ['.'] }],
  ['transformers.pipelines:pipeline', { module: 'transformers.pipelines', callable: 'pipeline' }],
  ['my-model/predict.py:made', { module: 'predict', callable: 'made', paths: ['my-model', '.'] }],
  ['my-model.predict:made', { module: 'predict', callable: 'made', paths: ['my-model', '.'] }],
  ['my-model/01-predict.py:made', { module: '_01_predict', file: 'my-model/01-predict.py', paths: ['my-model', '.'] }],
];

test.each(unseen)('--entry %s, which the facts do not contain, is left to the import', async (entry, expected) => {
  const found = await recognize(
    { ...files, 'empty.py': '', 'my-model/predict.py': 'from x import *\n', 'my-model/01-predict.py': 'made = 1\n' },
    entry,
  );
  expect(found).toMatchObject({ recipe: 'entry', runInterface: { type: 'function', call: 'auto', ...expected } });
  expect(found?.summary).toContain('known only after the import');
});

test('the facts of a file that cannot be imported by name apply if --entry names the file', async () => {
  const plain = { '01-predict.py': 'def predict(inputs): pass\n', 'my-model/predict.py': 'def predict(text): pass\n' };
  expect(await recognize(plain, '01-predict.py:predict')).toMatchObject({
    runInterface: { module: '_01_predict', file: '01-predict.py', callable: 'predict', call: 'inputs', paths: ['.'] },
  });
  expect(await recognize(plain, 'my-model/predict.py:predict')).toMatchObject({
    runInterface: { module: 'predict', callable: 'predict', call: 'arguments', paths: ['my-model', '.'] },
  });
});

test('a relative import at the root of a repository is served from a package', async () => {
  const found = await recognize({
    '__init__.py': '',
    'predict.py': 'from .helper import up\ndef predict(text): return up(text)\n',
    'helper.py': 'def up(text): return text\n',
  });
  expect(found?.runInterface).toMatchObject({ module: 'predict', package: { directory: '.' }, paths: ['.'] });
});

test('a class method needs no instance, and an existing instance is used for its class', async () => {
  const price = {
    'price.py':
      'class Price:\n    def __init__(self, amount): pass\n    @classmethod\n    def fromstring(cls, text): pass\n    def predict(self, text): pass\n\nready = Price(3)\n',
  };
  expect(await recognize(price, 'price:Price.fromstring')).toMatchObject({
    runInterface: { callable: 'Price.fromstring', call: 'arguments' },
  });
  expect(await recognize(price, 'price:Price')).toMatchObject({ runInterface: { callable: 'ready.predict' } });
  expect(await recognize(price, 'price:Price.predict')).toMatchObject({ runInterface: { callable: 'ready.predict' } });
  expect(await recognize(price)).toMatchObject({
    recipe: 'predictor-class',
    runInterface: { callable: 'ready.predict', call: 'arguments' },
  });
});

test('a module of a workspace member is named by its package', async () => {
  const members = {
    'pyproject.toml': '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
    'packages/foo/src/foo/__init__.py': '',
    'packages/foo/src/foo/core.py': 'def predict(text): pass\n',
    'packages/bar/bar/core.py': 'from .made import *\n',
    'packages/bar/bar/__init__.py': '',
  };
  expect(await recognize(members, 'foo.core:predict')).toMatchObject({
    runInterface: { module: 'foo.core', callable: 'predict', call: 'arguments', paths: ['packages/foo/src', '.'] },
  });
  expect(await recognize(members, 'bar.core:predict')).toMatchObject({
    runInterface: { module: 'bar.core', callable: 'predict', call: 'auto', paths: ['packages/bar', '.'] },
  });
});

test('an ambiguous module name is refused with the files', async () => {
  const twice = { 'a/tool/core.py': 'x = 1\n', 'b/tool/core.py': 'x = 1\n' };
  await expect(recognize(twice, 'tool.core:run')).rejects.toMatchObject({
    code: 'ENTRY_AMBIGUOUS',
    details: { candidates: ['a/tool/core.py:run', 'b/tool/core.py:run'] },
  });
});

const refused: [string, string, RegExp][] = [
  ['app', 'ENTRY_INVALID', /“app” is not a valid entry/],
  [':predict', 'ENTRY_INVALID', /is not a valid entry/],
  ['app:a..c', 'ENTRY_INVALID', /is not a valid entry/],
  ['app:pre dict', 'ENTRY_INVALID', /is not a valid entry/],
  ['ap:predict', 'ENTRY_NOT_FOUND', /no module ap; similar: --entry app:predict/],
  ['lib.modl:Model', 'ENTRY_NOT_FOUND', /no module lib\.modl; similar: --entry lib\.model:Model/],
  ['ap.py:predict', 'ENTRY_NOT_FOUND', /no file ap\.py; similar: --entry app\.py:predict/],
  ['my-model.predict:predict', 'ENTRY_NOT_FOUND', /no module my-model\.predict/],
];

test.each(refused)('--entry %s is refused as %s', async (entry, code, message) => {
  await expect(recognize(files, entry)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('an entry in a file that does not parse is refused with Python’s message', async () => {
  await expect(recognize(files, 'broken:predict')).rejects.toMatchObject({
    code: 'PYTHON_SYNTAX',
    details: { file: 'broken.py', line: 1, evidence: expect.stringContaining('def predict(:') },
  });
});
