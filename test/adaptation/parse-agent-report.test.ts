import { expect, test } from '@jest/globals';
import { parseAgentReport } from '../../src/adaptation/rounds/index.js';
import { measureLoopDelay } from '../support/loop-delay.js';

const read = (message: string, type = 'function') => parseAgentReport(message, type);
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
  ['brackets without end', tag('['.repeat(3_000)), 'is not valid'],
  ['too much', tag(`{"type": "function", "module": "${'m'.repeat(5_000)}"}`), 'the maximum is 4000'],
  ['no module', tag('{"type": "function", "callable": "f"}'), 'module'],
  ['another type', tag('{"type": "http", "module": "app", "callable": "f"}'), 'type'],
  ['paths that lead out', tag('{"type": "function", "module": "m", "callable": "f", "paths": ["../x"]}'), 'paths'],
  ['a bad address', `${tag(valid)}<endpoint_url>over there</endpoint_url>`, 'endpoint_url'],
])('says what is wrong: %s', (_, message, problem) => {
  expect(read(message)).toEqual({ problem: expect.stringContaining(problem) });
});

test('other interface types are accepted as is, if they match the strategy’s type', () => {
  expect(read(tag('{"type": "http", "port": 8000}'), 'http')).toMatchObject({ runInterface: { port: 8000 } });
  expect(read(tag(valid), 'http')).toEqual({ problem: expect.stringContaining('this strategy requires “http”') });
});

test('the summary is the first line of prose, and the report contains the address', () => {
  const message = `## Wrapped \`predict\`.\nMore.\n${tag(valid)}\n<endpoint_url>http://localhost:1/x</endpoint_url>`;
  expect(read(message)).toMatchObject({ summary: 'Wrapped `predict`.', endpointUrl: 'http://localhost:1/x' });
  expect(read(`${tag(valid)}<endpoint_url>none</endpoint_url>`)).toMatchObject({
    summary: 'adapted the workspace',
    endpointUrl: null,
  });
});

test('a tag mentioned in prose does not shorten the summary', () => {
  const message = `A <run_interface> follows.\n${tag(valid)}\n`;
  expect(read(message)).toMatchObject({ summary: 'A <run_interface> follows.' });
});

test.each([
  '<run_interface>',
  '<run_interface ',
  '</run_interface',
  '</ ',
  '<endpoint_url>',
  '<run_interface></run_interface>',
  '\n',
  '`',
  ' `',
  '```\n',
  '[',
  '{a: ',
  '- ',
  '&a [*a, ',
  '? ',
  ': ',
  '\n#>*- ',
])('a megabyte of %j is read while the event loop is free', async (piece) => {
  const long = piece.repeat(1_000_000 / piece.length);
  for (const message of [long, tag(long), `<endpoint_url>${long}</endpoint_url>`, tag(long.slice(0, 3_900))]) {
    const { delay, result } = await measureLoopDelay(async () => read(message));
    expect(result).toHaveProperty('problem');
    expect(delay).toBeLessThan(100);
  }
});
