import { expect, test } from '@jest/globals';
import { matchDoctest } from '../../src/adaptation/match-doctest.js';
import type { Answer } from '../../src/contract/answer.js';

const success = (output: unknown): Answer => ({ status: 'success', output });
const raised = (type: string, message: string): Answer => ({
  status: 'error',
  error: { code: 'CALL_FAILED', type, message },
});

test.each<[string[], string, unknown]>([
  [['ELLIPSIS'], "{'label': 'pos...', 'score': 0.9...}", { label: 'positive', score: 0.98 }],
  [['ELLIPSIS'], '[0, 1, ..., 9]', [0, 1, 2, 3, 9]],
  [['ELLIPSIS'], '(0.5, ...)', [0.5, 'more']],
  [['ELLIPSIS'], '[1.0, 1e-05, ...]', [1, 0.00001, null]],
  [['ELLIPSIS'], "{'a': True, ..., 'z': None}", { a: true, b: [], z: null }],
  [['ELLIPSIS'], '"it\'s ..."', "it's fine"],
  [['ELLIPSIS'], "'a\\nb...'", 'a\nbc'],
  [['ELLIPSIS'], '...', { anything: true }],
  [['NORMALIZE_WHITESPACE'], "{'a': [1,\n        2],\n  'b': 'x  y'}", { a: [1, 2], b: 'x y' }],
  [['NORMALIZE_WHITESPACE', 'ELLIPSIS'], "'one  two ...'", 'one two three'],
])('%j: %s is what %j prints', (options, want, output) => {
  expect(matchDoctest({ want, options }, success(output))).toBeNull();
});

test.each<[string[], string, unknown]>([
  [['ELLIPSIS'], "{'label': 'pos...'}", { label: 'negative' }],
  [['ELLIPSIS'], '[0, ..., 9]', [0, 1, 2]],
  [['ELLIPSIS'], "'ab...bc'", 'abc'],
  [['ELLIPSIS'], '[1, 2, ...]', { one: 1 }],
  [['NORMALIZE_WHITESPACE'], "'a  b'", 'ab'],
  [['NORMALIZE_WHITESPACE'], '[1,\n 2]', [1, 3]],
])('%j: %s is not what %j prints', (options, want, output) => {
  expect(matchDoctest({ want, options }, success(output))).toContain('output: expected');
});

test.each([
  'array([1, 2, ...])',
  '<Model at 0x...>',
  "{'a', 'b', ...}",
  '[1 2 ... 3]',
  'Point(x=1, y=...)',
  "b'ab...'",
])('JSON cannot show whether the output is %s, so the call must only succeed', (want) => {
  expect(matchDoctest({ want, options: ['ELLIPSIS'] }, success(['else']))).toBeNull();
  expect(matchDoctest({ want, options: ['ELLIPSIS'] }, raised('ValueError', 'ValueError: no'))).toContain(
    'got an error',
  );
});

const traceback = (exception: string): string => `Traceback (most recent call last):\n    ...\n${exception}\n`;

test.each<[string[], string, Answer, boolean]>([
  [[], 'ValueError: no good', raised('ValueError', 'ValueError: no good'), true],
  [[], 'app.errors.NotGood: no', raised('NotGood', 'NotGood: no'), true],
  [[], 'ValueError: no good', raised('ValueError', 'ValueError: other'), false],
  [[], 'ValueError: no good', raised('ValueError', 'ValueError: no good\n\nIt is 3.'), true],
  [[], 'ValueError: no good', raised('ValueError', 'ValueError: no goodness'), false],
  [[], 'ValueError: no good', raised('TypeError', 'TypeError: no good'), false],
  [['IGNORE_EXCEPTION_DETAIL'], 'lib.ValueError: no good', raised('ValueError', 'ValueError: other'), true],
  [['IGNORE_EXCEPTION_DETAIL'], 'ValueError: no good', raised('KeyError', "KeyError: 'x'"), false],
  [['ELLIPSIS'], 'ValueError: no ... at all', raised('ValueError', 'ValueError: no good at all'), true],
  [[], 'ValueError: no good', success(1), false],
])('%j: a documented %s', (options, exception, answer, holds) => {
  const difference = matchDoctest({ want: traceback(exception), options }, answer);
  if (holds) expect(difference).toBeNull();
  else expect(difference).toContain(`expected the exception ${exception}`);
});
