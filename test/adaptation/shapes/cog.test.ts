/** @needs python3 */
import { expect, test } from '@jest/globals';
import { recognize } from './recognize.js';

const cog = 'build:\n  python_version: "3.11"\npredict: "predict.py:Predictor"\n';
const predictor = `
from cog import BasePredictor, Input

class Predictor(BasePredictor):
    def setup(self): pass
    def predict(self, text: str = Input(description="what"), n: int = Input(default=1)) -> str: pass
`;

test('the predictor of cog.yaml takes precedence and is called by Cog’s rules', async () => {
  const found = await recognize({
    'cog.yaml': `${cog}environment:\n  - NAME=value\n  - OTHER=1\nconcurrency:\n  max: 4\n`,
    'predict.py': predictor,
    'main.py': 'def predict(inputs): pass\n',
  });
  expect(found).toMatchObject({
    recipe: 'cog',
    runInterface: {
      type: 'function',
      module: 'predict',
      callable: 'Predictor',
      call: 'cog',
      paths: ['.'],
      environment: ['NAME=value', 'OTHER=1', 'COG_MAX_CONCURRENCY=4'],
    },
  });
  expect(found?.summary).toBe('recognized the Cog predictor `Predictor.predict(text, n)` in predict.py');
});

test('cog.yaml may name a function, also in a subdirectory', async () => {
  const found = await recognize({
    'cog.yaml': 'predict: "serving/entry.py:run_it"\n',
    'serving/entry.py': 'def run_it(x: int) -> int: return x\n',
  });
  expect(found?.runInterface).toMatchObject({ module: 'serving.entry', callable: 'run_it', call: 'cog' });
  expect(found?.runInterface).not.toHaveProperty('environment');
});

test.each([
  ['predict.py', 'class Runner:\n  def run(self): pass\nclass Predictor:\n  def predict(self): pass\n', 'Runner'],
  ['./predict.py', 'class Helper:\n  pass\nclass Predictor:\n  def predict(self): pass\n', 'Predictor'],
])('predict: %s without a name means its Runner, otherwise its Predictor', async (predict, source, callable) => {
  const found = await recognize({ 'cog.yaml': `predict: "${predict}"\n`, 'predict.py': source });
  expect(found).toMatchObject({ recipe: 'cog', runInterface: { module: 'predict', callable, call: 'cog' } });
});

test('naming the same predictor with --entry keeps Cog’s rules', async () => {
  const found = await recognize({ 'cog.yaml': cog, 'predict.py': predictor }, 'predict.py:Predictor');
  expect(found).toMatchObject({ recipe: 'entry', runInterface: { callable: 'Predictor', call: 'cog' } });
});

test('a predictor with a missing file is refused with similar names', async () => {
  await expect(
    recognize({ 'cog.yaml': cog.replace('predict.py', 'predit.py'), 'predict.py': predictor }),
  ).rejects.toMatchObject({
    code: 'ENTRY_NOT_FOUND',
    message: expect.stringMatching(/^cog\.yaml: predict: "predit\.py:Predictor": .*similar: .*predict\.py:Predictor/),
  });
});

test.each(['predict', 'run'])(
  '%s: may name a file in a directory that is no package, and a name known only after the import',
  async (key) => {
    const files = { 'my-subdir/predict.py': predictor, 'other/predict.py': 'from base import *\n' };
    const found = await recognize({ ...files, 'cog.yaml': `${key}: "my-subdir/predict.py:Predictor"\n` });
    expect(found).toMatchObject({
      recipe: 'cog',
      runInterface: { module: 'predict', callable: 'Predictor', call: 'cog', paths: ['my-subdir', '.'] },
    });
    const unseen = { ...files, 'cog.yaml': `${key}: "other/predict.py:Predictor"\n` };
    const interfaceOf = { callable: 'Predictor', call: 'cog', paths: ['other', '.'] };
    expect(await recognize(unseen)).toMatchObject({ recipe: 'cog', runInterface: interfaceOf });
    expect(await recognize(unseen, 'other/predict.py:Predictor')).toMatchObject({
      recipe: 'entry',
      runInterface: interfaceOf,
    });
  },
);

test('a predictor that does not parse is a syntax error', async () => {
  await expect(recognize({ 'cog.yaml': cog, 'predict.py': 'class Predictor(:\n' })).rejects.toMatchObject({
    code: 'PYTHON_SYNTAX',
  });
});

test('a cog.yaml without a predictor falls back to convention', async () => {
  const found = await recognize({ 'cog.yaml': 'build:\n  gpu: false\n', 'app.py': 'def predict(x): pass\n' });
  expect(found?.recipe).toBe('arguments-function');
});

test('an unreadable cog.yaml is refused, unless --entry names what to call', async () => {
  const files = { 'cog.yaml': 'predict: [broken\n', 'predict.py': 'def predict(text): return text\n' };
  await expect(recognize(files)).rejects.toMatchObject({
    code: 'MANIFEST_INVALID',
    message: expect.stringMatching(/^cog\.yaml:\d: .*--entry MODULE:CALLABLE$/),
  });
  expect(await recognize(files, 'predict:predict')).toMatchObject({ recipe: 'entry' });
});
