/** @needs python3 */
import { expect, test } from '@jest/globals';
import { findHidingSyntaxError } from '../../../src/adaptation/shapes/index.js';
import { gatherFacts } from '../../../src/facts/index.js';
import { temporaryHome, temporarySolution } from '../../support/temporary-directories.js';
import { recognize } from './recognize.js';

const home = temporaryHome();
const broken = 'def predict(inputs)\n    return 1\n';
const predict = 'def predict(inputs): return inputs\n';

const hidden: [string, Record<string, string>][] = [
  ['the only file', { 'app.py': broken }],
  ['a conventional file next to functions with other names', { 'app.py': broken, 'text.py': 'def clean(x): pass\n' }],
  ['a conventional file next to a predict function of lower rank', { 'app.py': broken, 'deep/lib.py': predict }],
];

test.each(hidden)('%s that does not parse is reported instead of a guess', async (_, files) => {
  expect(await recognize(files)).toBeUndefined();
  const error = findHidingSyntaxError(await gatherFacts(temporarySolution(files), { home }));
  expect(error).toMatchObject({
    code: 'PYTHON_SYNTAX',
    message: expect.stringMatching(/^app\.py:1: /),
    details: { file: 'app.py', line: 1, evidence: expect.stringContaining('def predict(inputs)') },
  });
});

test('a file that does not parse is ignored if it cannot hide a better entry', async () => {
  expect(await recognize({ 'app.py': predict, 'scratch.py': broken })).toMatchObject({ recipe: 'inputs-function' });
  const harmless = { 'tool.py': 'def clean(x): pass\n', 'tests/old.py': broken, 'scripts/app.py': broken };
  expect(await recognize(harmless)).toMatchObject({ recipe: 'arguments-function' });
  expect(findHidingSyntaxError(await gatherFacts(temporarySolution(harmless), { home }))).toBeUndefined();
});
