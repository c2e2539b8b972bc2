import { expect, test } from '@jest/globals';
import { readHandBack } from '../../src/adaptation/rounds/index.js';

const read = (message: string, type = 'function') => readHandBack(message, type);
const tag = (content: string) => `<run_interface>${content}</run_interface>`;
const valid = '{"type": "function", "module": "app", "callable": "predict"}';
const parsed = { type: 'function', module: 'app', callable: 'predict' };

test.each([
  ['plain', tag(valid)],
  ['a fence around', `Done.\n\`\`\`xml\n${tag(valid)}\n\`\`\``],
  ['a fence inside', tag(`\n\`\`\`json\n${valid}\n\`\`\`\n`)],
  ['backticks', `\`${tag(`\`${valid}\``)}\``],
  [
    'attributes and space',
    `< run_interface> is what I give:\n<run_interface format="json">\n  ${valid}\n</ run_interface >`,
  ],
  ['single quotes and a trailing comma', tag("{'type': 'function', 'module': 'app', 'callable': 'predict',}")],
  ['the tag mentioned before', `I end with a <run_interface> tag.\n${tag(valid)}`],
  ['two of them', `${tag('{"type": "function", "module": "old", "callable": "f"}')} or rather ${tag(valid)}`],
])('reads the interface: %s', (_, message) => {
  expect(read(message)).toMatchObject({ runInterface: parsed });
});

test.each([
  ['nothing', 'All done.', 'it has no <run_interface>'],
  ['never closed', `<run_interface>${valid}`, 'it has no <run_interface>'],
  ['no JSON', tag('see above: {'), 'is not valid'],
  ['a list', tag('[1]'), 'is not valid'],
  ['no module', tag('{"type": "function", "callable": "f"}'), 'module'],
  ['another type', tag('{"type": "http", "module": "app", "callable": "f"}'), 'type'],
  ['paths that lead out', tag('{"type": "function", "module": "m", "callable": "f", "paths": ["../x"]}'), 'paths'],
  ['a bad address', `${tag(valid)}<endpoint_url>over there</endpoint_url>`, 'endpoint_url'],
])('says what is wrong: %s', (_, message, problem) => {
  expect(read(message)).toEqual({ problem: expect.stringContaining(problem) });
});

test('other types are taken as they are, of the strategy’s type only', () => {
  expect(read(tag('{"type": "http", "port": 8000}'), 'http')).toMatchObject({ runInterface: { port: 8000 } });
  expect(read(tag(valid), 'http')).toEqual({ problem: expect.stringContaining('this strategy takes “http”') });
});

test('the summary is the first line of prose, the address is kept', () => {
  const message = `## Wrapped \`predict\`.\nMore.\n${tag(valid)}\n<endpoint_url>http://localhost:1/x</endpoint_url>`;
  expect(read(message)).toMatchObject({ summary: 'Wrapped `predict`.', endpointUrl: 'http://localhost:1/x' });
  expect(read(`${tag(valid)}<endpoint_url>none</endpoint_url>`)).toMatchObject({
    summary: 'adapted the workspace',
    endpointUrl: null,
  });
});
