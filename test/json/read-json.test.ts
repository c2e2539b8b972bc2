import { expect, test } from '@jest/globals';
import { InvalidInputsError } from '../../src/json/invalid-inputs-error.js';
import { JsonNumber } from '../../src/json/json-number.js';
import { readInputs } from '../../src/json/read-inputs.js';
import { readExactJson, readJson } from '../../src/json/read-json.js';
import { toRecordable } from '../../src/json/to-recordable.js';
import { writeJson } from '../../src/json/write-json.js';

test('an integer beyond 2^53 is a bigint wherever it is', () => {
  expect(readJson('9007199254740993')).toBe(9007199254740993n);
  expect(readJson('{"a": [-9223372036854775808, 1, 1.5], "b": "9007199254740993", "__proto__": {"c": 1e22}}')).toEqual(
    Object.defineProperty({ a: [-9223372036854775808n, 1, 1.5], b: '9007199254740993' }, '__proto__', {
      value: { c: 1e22 },
      enumerable: true,
    }),
  );
  expect(readJson('[9007199254740991, -9007199254740991, 1e300]')).toEqual([2 ** 53 - 1, 1 - 2 ** 53, 1e300]);
});

test.each([
  '9007199254740993',
  '[1.0,-0,-0.0,1e400,1.50,0.1000000000000000055511151231257827,12,-3,0.5,1E5]',
  '{"a":{"b":[1.0,{"c":123456789012345678901234567890}]},"d":"1.0, 2","e":" -0 ","__proto__":1.0}',
  '"\\ud800 \u2028 é"',
  '{"":[[],{},null,true,false,""]}',
])('%s is written as it was read', (text) => {
  expect(writeJson(readExactJson(text))).toBe(text.includes('\\ud800') ? JSON.stringify(JSON.parse(text)) : text);
});

test('only numbers that JavaScript writes differently are stored as text', () => {
  expect(readExactJson('[1, 0.5, 1.0, 1e2]')).toEqual([1, 0.5, new JsonNumber('1.0'), new JsonNumber('1e2')]);
  expect(new JsonNumber('1.0').valueOf()).toBe(1);
  expect(new JsonNumber('9007199254740993').valueOf()).toBe(9007199254740993n);
  expect(JSON.stringify(readExactJson('{"a": 1.0}'))).toBe('{"a":1}');
  expect(() => JSON.stringify(readExactJson('9007199254740993'))).toThrow('cannot write the number 9007199254740993');
});

test('bigints and the sign of zero are written', () => {
  expect(writeJson({ a: 2n ** 64n, b: [-0, 0], c: undefined })).toBe('{"a":18446744073709551616,"b":[-0.0,0]}');
  expect(writeJson(undefined)).toBe('null');
});

test('a million values are read at any depth', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  expect(() => readJson(deep)).not.toThrow();
});

test.each([
  ['{"a": [1, 1e400]}', 'inputs.a[1] is 1e400, which is larger than any floating-point number'],
  ['{"a b": {"c": -1.0e999}}', 'inputs["a b"].c is -1.0e999, which is larger than any floating-point number'],
  ['{"a": {"x": 1, "x": 2}}', 'inputs.a.x is given twice'],
  ['[{"x": 1}, {"x": 1, "\\u0078": 1}]', 'inputs[1].x is given twice'],
  ['{"a": NaN}', 'the inputs are not JSON: '],
  [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'inputs is nested too deeply'],
])('inputs that parsing would change are refused: %.40s', (text, message) => {
  const read = () => readInputs(text, { keepsDigits: true });
  expect(read).toThrow(InvalidInputsError);
  expect(read).toThrow(message);
});

test('a record holds values, or text if they cannot hold a number', () => {
  expect(toRecordable('{ "a": [1, 0.5, "x"] }')).toEqual({ value: { a: [1, 0.5, 'x'] }, text: undefined });
  expect(toRecordable('{ "a": 1.0 }')).toEqual({ value: undefined, text: '{"a":1.0}' });
});
