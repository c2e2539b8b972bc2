import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readExampleFile, restoreExample } from '../../src/adaptation/index.js';
import { recordExample } from '../../src/adaptation/record-example.js';
import type { GivenExample } from '../../src/contract/example.js';
import { writeJson } from '../../src/json/write-json.js';
import { temporaryDirectory, writeTree } from '../support/temporary-directories.js';

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

test('a single line of JSON Lines is one example', async () => {
  expect(await read('one.txt', '{"input": 1}\n')).toEqual([{ input: 1, match: 'subset' }]);
});

test.each([
  ['a.json', '[{"input": 1, "outputs": 2}]', /a\.json: example 1, “outputs”/],
  ['b.json', '[{"input": 1}, {"output": 2}]', /example 2 has no “input”/],
  ['c.json', '[{"input": 1, "match": "fuzzy"}]', /example 1, “match”/],
  ['d.json', '{"input": 1}', /is not a list/],
  ['e.json', '[]', /contains no examples/],
  ['f.json', '[{"input": 1', /is not valid JSON/],
  ['g.jsonl', '{"input": 1}\n{oops\n', /line 2 is not valid JSON/],
  ['h.yml', '- input: [1\n', /is not valid YAML/],
  [
    'i.json',
    '[{"input": 1, "output": {"type": "text"}, "match": "schema"}]',
    /example 1, “output” is not a valid JSON Schema/,
  ],
  ['j.json', '[3]', /example 1/],
])('%s with %s is refused', async (name, text, message) => {
  await expect(read(name, text)).rejects.toMatchObject({
    code: 'EXAMPLES_INVALID',
    message: expect.stringMatching(message),
  });
});

test.each([
  ['exact.json', '\ufeff[{"input": {"x": 9007199254740993, "y": 1.0}, "output": [1.50, -0.0]}]'],
  ['exact.jsonl', '\ufeff{"input": {"x": 9007199254740993, "y": 1.0}, "output": [1.50, -0.0]}\r\n'],
  ['exact.yaml', '\ufeff- input: {x: 9007199254740993, y: 1.0}\n  output: [1.5, -0.0]\n'],
  ['exact.yml', '- input: {x: 0x20000000000001, y: 1e0}\n  output: [.15e+1, -0.0]\n'],
])('%s keeps every digit, also when recorded', async (name, text) => {
  const [example] = await read(name, text);
  const written = '{"input":{"x":9007199254740993,"y":1.0},"output":[1.5,-0.0]}';
  const values = ({ input, output }: { input?: unknown; output?: unknown }) =>
    writeJson({ input, output }).replace('1.50', '1.5');
  expect(values(example ?? {})).toBe(written);
  const recorded = JSON.parse(JSON.stringify(await recordExample(example as GivenExample)));
  expect(values(restoreExample(recorded))).toBe(written);
  expect(recorded).toMatchObject({ input: { y: 1 }, match: 'subset' });
});

test('values that JavaScript preserves are recorded without the exact text', async () => {
  const given: GivenExample = { input: { x: [1, 0.5, 'a', null] }, output: undefined, match: 'exact' };
  expect(await recordExample(given)).toEqual({ input: { x: [1, 0.5, 'a', null] }, match: 'exact' });
  await expect(recordExample({ input: { x: Number.NaN }, match: 'subset' })).rejects.toThrow('inputs.input.x is NaN');
});

test('YAML is read as YAML 1.2, and merge keys merge', async () => {
  const text = `
- input: { day: 2024-01-31, at: 2024-01-31T10:00:00Z, on: yes, mode: 0o17, none: ~, big: 1e22, bytes: !!binary aGk= }
  output: &base { a: 1, b: 2 }
- input: { <<: *base, b: 3, 1: x, "__proto__": 4 }
`;
  const [first, second] = (await read('kinds.yaml', text)).map(({ input }) => writeJson(input));
  expect(first).toBe(
    '{"day":"2024-01-31","at":"2024-01-31T10:00:00Z","on":"yes","mode":15,"none":null,"big":1e+22,"bytes":"data:application/octet-stream;base64,aGk="}',
  );
  expect(JSON.parse(second ?? '')).toEqual(JSON.parse('{"a":1,"b":3,"1":"x","__proto__":4}'));
});

test.each([
  ['nan.yaml', '- input: {x: [1, .nan]}', 'examples[0].input.x[1] is NaN, which JSON cannot hold'],
  ['inf.yaml', '- input: {x: -.inf}', 'examples[0].input.x is -Infinity, which JSON cannot hold'],
  ['large.yaml', '- input: {x: 1e400}', 'examples[0].input.x is Infinity, which JSON cannot hold'],
  ['twice.yaml', '- input: {x: 1, x: 2}', 'Map keys must be unique'],
  ['alike.yaml', '- input: {1: a, "1": b}', 'examples[0].input has two keys that JSON writes as "1"'],
  ['null.yaml', '- input: {~: a}', 'examples[0].input has the key null, but JSON keys are strings: quote it'],
  ['deep.yaml', '['.repeat(20_000), 'is not valid YAML: it is nested too deeply'],
  ['zip.yaml', '- input: {zip: 01234}', 'contains 01234, which may mean a string or an octal number: quote it'],
  ['tag.yaml', '- input: !color red', 'Unresolved tag'],
  [
    'large.json',
    '[{"input": {"x": 1e400}}]',
    'examples[0].input.x is 1e400, which is larger than any floating-point number',
  ],
  ['twice.json', '[{"input": {"x": 1, "x": 2}}]', 'examples[0].input.x is given twice'],
  ['twice.jsonl', '{"input": 1}\n{"input": 1, "input": 2}', 'line 2: example.input is given twice'],
])('%s with %s is refused because it would be changed', async (name, text, message) => {
  const refusal = { code: 'EXAMPLES_INVALID', message: expect.stringContaining(message) };
  await expect(read(name, text)).rejects.toMatchObject(refusal);
});

test('a file that is not UTF-8 is refused', async () => {
  const file = join(directory, 'utf16.json');
  writeFileSync(file, Buffer.from('\ufeff[]', 'utf16le'));
  await expect(readExampleFile(file)).rejects.toMatchObject({
    message: expect.stringContaining('it is UTF-16: save it as UTF-8'),
  });
});

test('a missing file is named', async () => {
  await expect(readExampleFile(join(directory, 'missing.json'))).rejects.toMatchObject({
    code: 'EXAMPLES_INVALID',
    message: expect.stringContaining('missing.json: does not exist'),
  });
});
