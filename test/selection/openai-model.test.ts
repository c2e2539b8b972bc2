import { expect, test } from '@jest/globals';
import { StrategyRegistry } from '../../src/registry/index.js';
import { findOpenaiModel, OpenaiModel, type SelectionExchange, SelectorAgent } from '../../src/selection/index.js';
import { hang, openaiChatPlain, refuse, say, startEndpoint, type Turn } from '../agents/endpoints/index.js';
import { writePlugin } from '../registry/plugin.js';
import {
  registerCleanup,
  temporaryDirectory,
  temporaryHome,
  temporarySolution,
} from '../support/temporary-directories.js';

const home = temporaryHome();
const key = 'sk-selection-canary';
const path = temporarySolution({ 'app.py': 'def predict(text): return text\n', 'README.md': '# Says it again\n' });

interface ScriptedSelection {
  turns: Turn[];
  wire?: typeof openaiChatPlain;
  /** Seconds. */
  timeout?: number;
}

/** Creates a selector with the strategies `first` (which the rules prefer) and `second`, and a scripted model. */
async function createSelection({ turns, wire = openaiChatPlain, timeout = 20 }: ScriptedSelection) {
  const endpoint = await startEndpoint(wire);
  registerCleanup(() => endpoint.close());
  endpoint.script(...turns);
  const directory = temporaryDirectory();
  writePlugin(directory, 'first', { 'selector_instruction.md': 'Choose first for echoes.' });
  writePlugin(directory, 'second', {
    'selector_instruction.md': 'Choose second for songs.',
    'config.yaml': 'name: second\nprovider: null\ninterface: function\nrunner_class: EchoRunner\n'.concat(
      'default_resources: { memory: 1Gi, cpu: 1 }\nrun_interface: { type: function }\n',
    ),
  });
  const registry = await StrategyRegistry.scan({ home, directories: [directory] });
  const model = new OpenaiModel({ model: 'scripted', apiKey: key, baseUrl: `${endpoint.url}/v1`, timeout });
  const selector = new SelectorAgent(registry, { home, model });
  const exchanges: SelectionExchange[] = [];
  const onExchange = (exchange: SelectionExchange) => void exchanges.push(exchange);
  const select = (allowed = ['first', 'second'], resources = {}) =>
    selector.select({ path, goal: 'sing' }, allowed, resources, { onExchange });
  return { endpoint, selector, select, exchanges };
}

const answer = (strategy: string, resources: unknown = null): string =>
  JSON.stringify({ reasoning: `${strategy} it is`, strategy, resources });

test('the model decides from facts, goal and instructions, at temperature 0 and by schema', async () => {
  const { select, endpoint, exchanges } = await createSelection({
    turns: [say(answer('second', { cpu: 4, memory: '8Gi', gpu: null }))],
  });
  const setting = await select(undefined, { cpu: 2 });
  expect(setting).toMatchObject({ strategy: 'second', decidedBy: 'model', reasoning: 'second it is' });
  expect(setting.resources).toEqual({ cpu: 2, memory: '8Gi' });
  const [request] = endpoint.requests;
  expect(request?.body).toMatchObject({ model: 'scripted', temperature: 0 });
  const { schema } = request?.body.response_format.json_schema ?? {};
  expect(schema.properties.strategy.enum).toEqual(['first', 'second']);
  expect(schema).toMatchObject({ additionalProperties: false, required: ['reasoning', 'strategy', 'resources'] });
  for (const part of [
    'sing',
    'app.py:1 function predict(text)',
    'Says it again',
    'Choose second for songs.',
    '{"cpu":2}',
  ])
    expect(exchanges[0]?.prompt).toContain(part);
  expect(exchanges).toMatchObject([{ model: 'scripted', format: 'json_schema', mistake: null }]);
  expect(JSON.stringify(exchanges)).not.toContain(key);
});

test('an endpoint without schemas is tried in JSON mode, then in plain text; later requests use plain text directly', async () => {
  const { select, endpoint, exchanges } = await createSelection({
    turns: [
      refuse(400),
      refuse(400),
      say(`<think>{}</think>Well:\n\`\`\`json\n${answer('third')}\n\`\`\``),
      say(answer('second')),
    ],
  });
  expect(await select()).toMatchObject({ strategy: 'second', decidedBy: 'model' });
  const formats = endpoint.requests.map(({ body }) => body.response_format?.type);
  expect(formats).toEqual(['json_schema', 'json_object', undefined, undefined]);
  expect(exchanges.map(({ format, mistake }) => [format, mistake])).toEqual([
    ['text', '"third" is not one of first, second'],
    ['text', null],
  ]);
});

test('a request to a model with a fixed temperature has no temperature', async () => {
  const wire = { ...openaiChatPlain, encodeRefusal: () => ({ error: { message: 'temperature does not support 0' } }) };
  const { select, endpoint } = await createSelection({ wire, turns: [refuse(400), say(answer('second'))] });
  expect(await select()).toMatchObject({ strategy: 'second', decidedBy: 'model' });
  const requests = endpoint.requests.map(({ body }) => [body.temperature, body.response_format.type]);
  expect(requests).toEqual([
    [0, 'json_schema'],
    [undefined, 'json_schema'],
  ]);
});

test.each([
  ['prose', 'I would take second.', 'contains no JSON object'],
  ['an unknown strategy', answer('docker'), '"docker" is not one of first, second'],
  ['impossible resources', answer('second', { memory: 'much' }), 'resources.memory: is a quantity'],
  ['no strategy', '{"reasoning": "hm"}', 'strategy: Invalid input'],
])('%s is sent back with its mistake', async (_, wrong, mistake) => {
  const { select, endpoint } = await createSelection({ turns: [say(wrong), say(answer('second'))] });
  expect(await select()).toMatchObject({ strategy: 'second', decidedBy: 'model' });
  const messages = endpoint.requests[1]?.body.messages.slice(-2);
  expect(messages).toMatchObject([
    { role: 'assistant', content: wrong },
    { role: 'user', content: expect.stringContaining(mistake) },
  ]);
});

test('after two corrections the rules decide, and the reasoning says why', async () => {
  const { select, endpoint, exchanges } = await createSelection({
    turns: [say(answer('a')), say(answer('b')), say(answer('c')), say(answer('second'))],
  });
  const setting = await select();
  expect(setting).toMatchObject({ strategy: 'first', decidedBy: 'rules' });
  expect(setting.reasoning).toContain(
    'The model’s answers could not be used (3 answers of scripted were invalid: "c" is not',
  );
  expect(endpoint.requests).toHaveLength(3);
  expect(exchanges.map(({ mistake }) => mistake)).not.toContain(null);
});

test.each([
  ['refuses the key', [refuse(401)], 'Incorrect API key', 20],
  ['stays silent', [hang()], 'did not answer within 0.3 s', 0.3],
  ['asks for an hour', [refuse(429, 3600), refuse(429, 3600)], 'did not answer within 0.3 s', 0.3],
])('the rules decide when the endpoint %s', async (_, turns, words, timeout) => {
  const { select } = await createSelection({ turns, timeout });
  const setting = await select();
  expect(setting).toMatchObject({ strategy: 'first', decidedBy: 'rules' });
  expect(setting.reasoning).toContain('The model did not answer (');
  expect(setting.reasoning).toContain(words);
});

test('the reasoning reports an unreachable endpoint', async () => {
  const { select, endpoint } = await createSelection({ turns: [] });
  await endpoint.close();
  const { reasoning, decidedBy } = await select();
  expect(decidedBy).toBe('rules');
  expect(reasoning).toMatch(/did not answer \(Connection error: .*ECONNREFUSED/);
});

test('an endpoint’s message about the key is redacted', async () => {
  const wire = { ...openaiChatPlain, encodeRefusal: () => ({ error: { message: `Incorrect API key: ${key}` } }) };
  const { select } = await createSelection({ wire, turns: [refuse(401)] });
  expect((await select()).reasoning).toContain('Incorrect API key: [redacted]');
});

test('a rate-limited question is retried', async () => {
  const { select } = await createSelection({ turns: [refuse(429, 0.1), refuse(503), say(answer('second'))] });
  expect(await select()).toMatchObject({ strategy: 'second', decidedBy: 'model' });
});

test('a single allowed or usable strategy needs no model', async () => {
  const { select, selector, endpoint } = await createSelection({ turns: [say(answer('second'))] });
  expect(await select(['second'])).toMatchObject({ strategy: 'second', decidedBy: 'user' });
  expect(await selector.explain({ path }, ['second'])).toContain('Decided by you');
  expect(endpoint.requests).toEqual([]);
});

test('an abort does not make the rules decide', async () => {
  const { selector, exchanges } = await createSelection({ turns: [hang()] });
  const aborted = selector.select({ path }, ['first', 'second'], {}, { signal: AbortSignal.timeout(50) });
  await expect(aborted).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(exchanges).toEqual([]);
});

test('explain says whether the model or the rules decide', async () => {
  const { selector } = await createSelection({ turns: [say(answer('second'))] });
  const text = await selector.explain({ path }, ['first', 'second']);
  expect(text).toContain('auto chooses second. second it is\nDecided by the model scripted.');
});

test('a key or an endpoint configures a model', () => {
  expect(findOpenaiModel({})).toBeUndefined();
  expect(findOpenaiModel({ BERTH_MODEL: 'm', OPENAI_API_KEY: '' })).toBeUndefined();
  expect(findOpenaiModel({ OPENAI_API_KEY: key })?.name).toBe('gpt-5.5');
  expect(findOpenaiModel({ OPENAI_BASE_URL: 'http://localhost:11434/v1', BERTH_MODEL: 'qwen3' })?.name).toBe('qwen3');
});

test('the prompt of a large repository stays small', async () => {
  const files = Array.from({ length: 300 }, (_, index): [string, string] => [
    `package/module_${index}.py`,
    Array.from({ length: 5 }, (_, n) => `def function_${n}_with_a_long_name(first_argument, second): pass\n`).join(''),
  ]);
  const large = temporarySolution({ ...Object.fromEntries(files), 'README.md': 'word '.repeat(50_000) });
  const { endpoint, exchanges } = await createSelection({ turns: [say(answer('local'))] });
  const registry = await StrategyRegistry.scan({ home, directories: [createTwinStrategy()] });
  const model = new OpenaiModel({ model: 'scripted', baseUrl: `${endpoint.url}/v1` });
  const onExchange = (exchange: SelectionExchange) => void exchanges.push(exchange);
  await new SelectorAgent(registry, { home, model }).select(
    { path: large, goal: 'x'.repeat(90_000) },
    ['local', 'twin'],
    {},
    { onExchange },
  );
  expect(exchanges[0]?.prompt.length).toBeLessThan(40_000);
});

function createTwinStrategy(): string {
  const directory = temporaryDirectory();
  writePlugin(directory, 'twin', { 'selector_instruction.md': 'words '.repeat(20_000) });
  return directory;
}
