/** @needs python3 */
import { expect, test } from '@jest/globals';
import { recognise } from './recognise.js';

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
  ['lib.model:Model', { module: 'lib.model', callable: 'Model.predict', call: 'arguments', paths: ['src', '.'] }],
  ['lib.model:Model.classify', { callable: 'Model.classify', call: 'inputs' }],
  ['src/lib/model.py:Mute.forward', { module: 'lib.model', callable: 'Mute.forward' }],
  ['app:model', { callable: 'model', call: 'arguments' }],
];

test.each(named)('--entry %s is called', async (entry, expected) => {
  const found = await recognise(files, entry);
  expect(found).toMatchObject({ recipe: 'entry', runInterface: { type: 'function', ...expected } });
  expect(found?.summary).toContain('as --entry says');
});

const refused: [string, string, RegExp][] = [
  ['app', 'ENTRY_INVALID', /"app" names nothing/],
  [':predict', 'ENTRY_INVALID', /names nothing/],
  ['app:a.b.c', 'ENTRY_INVALID', /names nothing/],
  ['app:pre dict', 'ENTRY_INVALID', /names nothing/],
  ['app:sumarize', 'ENTRY_NOT_FOUND', /near it: --entry app:summarize/],
  ['ap:predict', 'ENTRY_NOT_FOUND', /no module .* in ap; near it: --entry app:predict/],
  ['app:predict.run', 'ENTRY_NOT_FOUND', /is a function \(app\.py:1\)/],
  ['lib.model:Needy', 'ENTRY_NOT_FOUND', /without arguments: it needs path/],
  ['lib.model:Model.train', 'ENTRY_NOT_FOUND', /has no method train; it has classify, predict/],
  ['lib.model:Mute', 'ENTRY_NOT_FOUND', /name a method: it has forward/],
];

test.each(refused)('--entry %s is refused as %s', async (entry, code, message) => {
  await expect(recognise(files, entry)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('an entry in a file that does not parse is refused with Python’s own words', async () => {
  await expect(recognise(files, 'broken:predict')).rejects.toMatchObject({
    code: 'PYTHON_SYNTAX',
    details: { file: 'broken.py', line: 1, evidence: expect.stringContaining('def predict(:') },
  });
});
