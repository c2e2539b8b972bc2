import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { readInput } from '../../src/commands/input.js';
import { temporarySolution } from '../support/temporary-directories.js';

const bytes = (...parts: (string | number[])[]): Readable =>
  Readable.from(parts.map((part) => Buffer.from(part as string)));

test('inputs are read unchanged from the argument, a file or standard input', async () => {
  const directory = temporarySolution({ 'input.json': '[1.0, 9007199254740993]' });
  expect(await readInput('{"a": 1.0}')).toBe('{"a": 1.0}');
  expect(await readInput(`@${directory}/input.json`)).toBe('[1.0, 9007199254740993]');
  expect(await readInput('-', bytes('{"a"', ': "ü"}'))).toBe('{"a": "ü"}');
});

test('a byte order mark is not part of the inputs', async () => {
  const directory = temporarySolution({});
  writeFileSync(join(directory, 'input.json'), Buffer.from('\ufeff{"a": 1}'));
  expect(await readInput(`@${directory}/input.json`)).toBe('{"a": 1}');
  expect(await readInput('-', bytes('\ufeff[]'))).toBe('[]');
});

test.each([
  ['UTF-16', [0xff, 0xfe, 0x7b, 0, 0x7d, 0]],
  ['UTF-16', [0xfe, 0xff, 0, 0x7b, 0, 0x7d]],
  ['UTF-32', [0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]],
  ['not UTF-8', [0x22, 0xe9, 0x22]],
])('inputs that are %s are refused', async (encoding, content) => {
  const message = `cannot read standard input: it is ${encoding}: save it as UTF-8`;
  await expect(readInput('-', bytes(content))).rejects.toMatchObject({ code: 'INPUT_INVALID', message });
});

test('an input of 50 MB is read', async () => {
  const text = 'x'.repeat(50 * 1024 * 1024);
  expect(await readInput('-', bytes(`"${text}"`))).toBe(`"${text}"`);
});

test.each([
  ['an object that does not end', '{"a":', 'the input is not JSON: Unexpected end of JSON input, in: {"a":'],
  ['a word', 'fine', 'in: fine'],
  ['nothing', '', 'the input is not JSON: it is empty'],
  ['a missing file', '@nowhere.json', 'cannot read nowhere.json: no such file'],
])('%s is refused with an excerpt', async (_, argument, message) => {
  const refusal = { code: 'INPUT_INVALID', message: expect.stringContaining(message) };
  await expect(readInput(argument)).rejects.toMatchObject(refusal);
});

test('the excerpt of a long input is its beginning', async () => {
  const error: Error = await readInput('x'.repeat(10_000)).then(
    () => new Error('it was read'),
    (thrown) => thrown,
  );
  expect(error.message.length).toBeLessThan(200);
});
