/** @needs python3 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { callCog, dataUri, outputs } from './call-cog.js';

const typed = (parameters: string, body = 'return value') => `
from enum import Enum
from typing import Any, Dict, List, Literal, Optional, Union
from cog import BasePredictor, File, Input, Path, Secret

class Predictor(BasePredictor):
    def predict(self, ${parameters}) -> Any:
        ${body}
`;

const convert = async (annotation: string, values: unknown[]) =>
  outputs(await callCog({ source: typed(`value: ${annotation}`), inputs: values.map((value) => ({ value })) }));

test('strings, floats and booleans become numbers if they are exact', async () => {
  expect(await convert('int', [3, '3', ' 3 ', '3.0', 3.0, true])).toEqual([3, 3, 3, 3, 3, 1]);
  expect(await convert('float', [1, '1.5', '1e3', true])).toEqual([1, 1.5, 1000, 1]);
});

test('a value that is not a number is refused with the value', async () => {
  const [fraction, word, list, none] = await convert('int', [3.5, 'three', [3], null]);
  expect(fraction).toBe('value: must be a whole number, got 3.5. Inputs: value: int.');
  expect(word).toContain('must be a whole number, got "three"');
  expect(list).toContain('must be a whole number, got [3]');
  expect(none).toContain('must be a whole number, got null');
});

test('the usual words and 0 and 1 are booleans', async () => {
  const words = [true, 1, 'true', 'Yes', 'on', 't', false, 0, 'False', 'no', 'off', 'n'];
  expect(await convert('bool', words)).toEqual([...Array(6).fill(true), ...Array(6).fill(false)]);
  const refused = await convert('bool', [2, 'maybe', null, 0.5]);
  expect(refused.every((message) => String(message).includes('must be true or false'))).toBe(true);
});

test('a number never becomes a string', async () => {
  expect(await convert('str', ['5', 5])).toEqual(['5', 'value: must be a string, got 5. Inputs: value: str.']);
});

test('a union prefers the exact type to a conversion', async () => {
  expect(await convert('Union[int, str]', ['3', 3])).toEqual(['3', 3]);
  expect(await convert('Union[str, float]', ['a', 2, 2.5])).toEqual(['a', 2, 2.5]);
  expect((await convert('Union[int, List[int]]', [[1, '2'], 'x']))[1]).toContain('must be int or List[int], got "x"');
});

test('lists, dicts, literals and enums are checked item by item', async () => {
  expect(await convert('List[int]', [['1', 2]])).toEqual([[1, 2]]);
  expect((await convert('list', ['one']))[0]).toContain('must be a list, got "one"');
  expect((await convert('List[int]', [[1, 'x']]))[0]).toContain('value[1]: must be a whole number, got "x"');
  expect(await convert('Dict[str, Any]', [{ a: [1] }])).toEqual([{ a: [1] }]);
  expect(await convert('Literal["a", 2]', ['a', 2])).toEqual(['a', 2]);
  expect((await convert('Literal["a", 2]', ['b']))[0]).toContain('must be one of "a", 2; got "b"');
  expect(await convert('Enum("Colour", {"red": "r"})', ['r'])).toEqual(['r']);
});

test('newer and postponed annotations are equivalent', async () => {
  const source = `from __future__ import annotations\n${typed('value: int | None, names: list[str] | None = None', 'return [value, names]')}`;
  const inputs = [{}, { value: '3', names: ['a'] }, { value: 'x' }];
  const [empty, full, wrong] = outputs(await callCog({ source, inputs }));
  expect([empty, full]).toEqual([
    [null, null],
    [3, ['a']],
  ]);
  expect(wrong).toContain('value: must be a whole number');
});

test('an input is required unless it is optional or has a default, and None is a default', async () => {
  const source = typed(
    'a: str, b: str = Input(description="b"), c: Optional[str] = Input(description="c"), d: str = Input(default=None), e: int = Input(default=4, le=9), f: int = 5',
    'return [a, b, c, d, e, f]',
  );
  const [missing, ...rest] = outputs(
    await callCog({ source, inputs: [{ C: 1 }, { a: 'x', b: 'y' }, { a: 'x', b: 'y', d: null, e: '7' }] }),
  );
  expect(missing).toBe(
    'a: is required; b: is required. Inputs: a: str, b: str, c: Optional[str] = null, d: str = null, e: int = 4, f: int = 5 (unknown: C).',
  );
  expect(rest).toEqual([
    ['x', 'y', null, null, 4, 5],
    ['x', 'y', null, null, 7, 5],
  ]);
});

test('an error names all violated limits and choices', async () => {
  const source = typed(
    'steps: int = Input(ge=1, le=50), style: str = Input(choices=["ink", "oil"]), name: str = Input(default="abc", min_length=2, max_length=4, regex="^[a-z]+$"), sizes: List[int] = Input(default=[8], choices=[8, 16])',
    'return [steps, style, name, sizes]',
  );
  const reply = await callCog({
    source,
    inputs: [
      { steps: '50', style: 'oil', name: 'abcd', sizes: [16, '8'] },
      { steps: 0, style: 'chalk', name: 'a', sizes: [9] },
      { steps: 51, style: 'ink', name: 'abcde' },
      { steps: 1, style: 'ink', name: 'AB' },
    ],
  });
  const [right, wrong, long, pattern] = outputs(reply);
  expect(right).toEqual([50, 'oil', 'abcd', [16, 8]]);
  expect(wrong).toMatch(
    /^steps: must be at least 1, got 0; style: must be one of "ink", "oil"; got "chalk"; name: must have at least 2 characters, got 1; sizes: must be one of 8, 16; got 9\. /,
  );
  expect(long).toContain('steps: must be at most 50, got 51; name: must have at most 4 characters, got 5');
  expect(pattern).toContain('name: must match ^[a-z]+$, got "AB"');
  expect(reply.replies[1]?.type).toBe('CallInputError');
});

test('an unknown input is ignored and logged', async () => {
  const reply = await callCog({ source: typed('value: int'), inputs: [{ value: 1, seed: 4 }] });
  expect(outputs(reply)).toEqual([1]);
  expect(reply.stderr).toContain('unknown input ignored: seed. Inputs: value: int.');
});

test('a predictor with **inputs accepts every name', async () => {
  expect(outputs(await callCog({ source: typed('**inputs', 'return inputs'), inputs: [{ a: 1, b: 'x' }] }))).toEqual([
    { a: 1, b: 'x' },
  ]);
});

test('a data URI becomes a file with the right suffix, which is removed after the call', async () => {
  const reply = await callCog({
    source: typed(
      'image: Path, more: List[Path] = Input(default=None)',
      'return [image.suffix, image.read_text(), type(image) is Path, [one.read_text() for one in more or []]]',
    ),
    inputs: [
      { image: dataUri('pixels', 'image/png') },
      { image: dataUri('a'), more: [dataUri('b'), 'data:text/plain,c%20d'] },
    ],
  });
  expect(outputs(reply)).toEqual([
    ['.png', 'pixels', true, []],
    ['.txt', 'a', true, ['b', 'c d']],
  ]);
  expect(reply.left).toEqual([]);
});

test('files are removed if the predictor fails', async () => {
  const reply = await callCog({
    source: typed('image: Path', 'raise RuntimeError("no")'),
    inputs: [{ image: dataUri('a') }],
  });
  expect(reply).toMatchObject({ replies: [{ error: 'no', type: 'RuntimeError' }], left: [] });
});

test('a URL is downloaded under its name, and a failure names it', async () => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/cat%20one.jpeg?size=2' ? 200 : 404;
    response.end('meow');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const reply = await callCog({
    source: typed(
      'image: Path = Input(default=None), file: File = Input(default=None)',
      'return [image.name[-12:], image.read_text()] if image else file.read().decode()',
    ),
    inputs: [
      { image: `${address}/cat%20one.jpeg?size=2` },
      { image: `${address}/dog.jpeg` },
      { file: `${address}/cat%20one.jpeg?size=2` },
      { file: dataUri('in memory') },
      { image: 'ftp://a/b' },
      { file: 'b.txt' },
    ],
  });
  server.close();
  const [found, missing, opened, inline, scheme, plain] = outputs(reply);
  expect([found, opened, inline]).toEqual([['cat one.jpeg', 'meow'], 'meow', 'in memory']);
  expect(missing).toContain(`image: could not be read from ${address}/dog.jpeg: HTTP Error 404`);
  expect(scheme).toContain('image: cannot be read from ftp:// addresses: give a data URI or an http(s) URL');
  expect(plain).toContain('file: must be a data URI or an http(s) URL');
  expect(reply.left).toEqual([]);
});

test('a secret hides its value, and returns it on request', async () => {
  const source = typed('key: Secret', 'return [str(key), repr(key), key.get_secret_value()]');
  expect(outputs(await callCog({ source, inputs: [{ key: 'hush' }] }))).toEqual([
    ['**********', 'Secret(**********)', 'hush'],
  ]);
});
