import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { readInput } from '../../src/commands/input.js';
import { temporarySolution } from '../support/temporary.js';

test('inputs are read from the argument, a file or standard input', async () => {
  const directory = temporarySolution({ 'input.json': '[1, 2]' });
  expect(await readInput('{"a": 1}')).toEqual({ a: 1 });
  expect(await readInput(`@${directory}/input.json`)).toEqual([1, 2]);
  expect(await readInput('-', Readable.from(['{"a"', ': "ü"}']))).toEqual({ a: 'ü' });
});

test('an input of 50 MB is read', async () => {
  const text = 'x'.repeat(50 * 1024 * 1024);
  expect(await readInput('-', Readable.from([`"${text}"`]))).toBe(text);
});

test.each([
  ['an object that does not end', '{"a":', 'the input is not JSON: Unexpected end of JSON input, in: {"a":'],
  ['a word', 'fine', 'in: fine'],
  ['nothing', '', 'the input is not JSON: it is empty'],
  ['a file that is not there', '@nowhere.json', 'cannot read nowhere.json: there is no such file'],
])('%s is refused with what was read', async (_, argument, message) => {
  const refusal = { code: 'INPUT_INVALID', message: expect.stringContaining(message) };
  await expect(readInput(argument)).rejects.toMatchObject(refusal);
});

test('a long input that is not JSON is shown by its beginning', async () => {
  const error: Error = await readInput('x'.repeat(10_000)).then(
    () => new Error('it was read'),
    (thrown) => thrown,
  );
  expect(error.message.length).toBeLessThan(200);
});
