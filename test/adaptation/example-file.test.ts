import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readExampleFile } from '../../src/adaptation/index.js';
import { temporaryDirectory, writeTree } from '../support/temporary.js';

const directory = temporaryDirectory();
const read = (name: string, text: string) => readExampleFile(join(writeTree(directory, { [name]: text }), name));

const examples = [
  { input: { x: 1 }, output: { y: 2 }, match: 'subset' },
  { input: null, match: 'subset' },
];

test.each([
  ['examples.json', '[{"input": {"x": 1}, "output": {"y": 2}}, {"input": null}]'],
  ['examples.jsonl', '{"input": {"x": 1}, "output": {"y": 2}}\n\n{"input": null}\n'],
  ['examples.yaml', '- input: {x: 1}\n  output: {y: 2}\n- input: null\n'],
  ['examples.txt', '{"input": {"x": 1}, "output": {"y": 2}}\n{"input": null}\n'],
])('%s is read', async (name, text) => {
  expect(await read(name, text)).toEqual(examples);
});

test('a single line of JSON lines is one example', async () => {
  expect(await read('one.txt', '{"input": 1}\n')).toEqual([{ input: 1, match: 'subset' }]);
});

test.each([
  ['a.json', '[{"input": 1, "outputs": 2}]', /a\.json: example 1, “outputs”/],
  ['b.json', '[{"input": 1}, {"output": 2}]', /example 2 has no “input”/],
  ['c.json', '[{"input": 1, "match": "fuzzy"}]', /example 1, “match”/],
  ['d.json', '{"input": 1}', /is not a list/],
  ['e.json', '[]', /holds no example/],
  ['f.json', '[{"input": 1', /is not JSON/],
  ['g.jsonl', '{"input": 1}\n{oops\n', /line 2 is not JSON/],
  ['h.yml', '- input: [1\n', /is not YAML/],
  ['i.json', '[{"input": 1, "output": {"type": "text"}, "match": "schema"}]', /example 1, “output” is no JSON Schema/],
  ['j.json', '[3]', /example 1/],
])('%s with %s is refused', async (name, text, message) => {
  await expect(read(name, text)).rejects.toMatchObject({
    code: 'EXAMPLES_INVALID',
    message: expect.stringMatching(message),
  });
});

test('a file that is not there is named', async () => {
  await expect(readExampleFile(join(directory, 'missing.json'))).rejects.toMatchObject({
    code: 'EXAMPLES_INVALID',
    message: expect.stringContaining('missing.json: does not exist'),
  });
});
