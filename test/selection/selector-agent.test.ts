/** @needs python3 */
import { expect, test } from '@jest/globals';
import { BerthError } from '../../src/errors.js';
import { StrategyRegistry } from '../../src/registry/index.js';
import { SelectorAgent } from '../../src/selection/index.js';
import { writePlugin } from '../registry/plugin.js';
import { temporaryDirectory, temporaryHome, temporarySolution } from '../support/temporary-directories.js';

const home = temporaryHome();

interface Weights {
  [fact: string]: number;
}

/** Creates a selector with strategies that have these signals; unready ones have no runner. */
async function makeSelector(strategies: Record<string, Weights>, unready: string[] = [], billed: string[] = []) {
  const directory = temporaryDirectory();
  for (const [name, weights] of Object.entries(strategies)) {
    const signals = Object.entries(weights).map(([fact, weight]) => ({ fact, weight, reason: `${fact} speaks` }));
    const config = {
      name,
      provider: 'test',
      interface: 'function',
      runner_class: 'EchoRunner',
      default_resources: { cpu: 1, memory: '1Gi' },
      run_interface: { type: 'function', module: 'main' },
      signals,
      ...(billed.includes(name) && { billed: 'its cloud bills by the second' }),
    };
    writePlugin(directory, name, {
      'config.yaml': JSON.stringify(config),
      ...(unready.includes(name) && { 'runner.ts': null }),
    });
  }
  const registry = await StrategyRegistry.scan({ home, directories: [directory] });
  return { registry, selector: new SelectorAgent(registry, { home }), names: Object.keys(strategies) };
}

const solution = () => ({ path: temporarySolution({ 'app.py': 'def predict(text): return text\n' }) });

test('the highest score wins, and the reasoning names the facts', async () => {
  const { selector, names } = await makeSelector({
    caller: { 'language:python': 2, 'entry:pre*': 5 },
    server: { 'language:python': 1, 'framework:fastapi': 7 },
  });
  const setting = await selector.select(solution(), names);
  expect(setting).toMatchObject({
    strategy: 'caller',
    provider: 'test',
    interface: 'function',
    decidedBy: 'rules',
    runInterface: { type: 'function', module: 'main' },
    resources: { cpu: 1, memory: '1Gi' },
  });
  expect(setting.reasoning).toContain('caller scores 7: +2 language:python');
  expect(setting.reasoning).toContain('+5 entry:predict: entry:pre* speaks (app.py)');
  expect(setting.reasoning).toContain('higher than server (1)');
  expect(setting.candidates.map(({ strategy, score }) => [strategy, score])).toEqual([
    ['caller', 7],
    ['server', 1],
  ]);
});

test('an unavailable strategy is not selected, and the reasoning says so', async () => {
  const strategies = { best: { 'language:python': 9 }, next: { 'language:python': 1 } };
  const { selector, names } = await makeSelector(strategies, ['best']);
  const setting = await selector.select(solution(), names);
  expect(setting.strategy).toBe('next');
  expect(setting.candidates[0]).toMatchObject({
    strategy: 'best',
    score: 9,
    excluded: expect.stringContaining('runner'),
  });
  expect(setting.reasoning).toContain('Not available: best (9): it has no runner module');
});

test('a strategy that costs money is selected only when the user names it', async () => {
  const weights = { paid: { 'language:python': 90 }, free: { 'language:python': 80 } };
  const { selector, names } = await makeSelector(weights, [], ['paid']);
  const unnamed = await selector.select(solution());
  expect(unnamed.strategy).toBe('free');
  expect(unnamed.reasoning).toContain('paid (90)');
  expect(unnamed.reasoning).toContain('its cloud bills by the second, so it is chosen only if you name it');
  expect((await selector.select(solution(), names)).strategy).toBe('paid');
  expect((await selector.select(solution(), ['paid'])).strategy).toBe('paid');
});

test('one allowed strategy is the user’s decision, whatever the score', async () => {
  const { selector } = await makeSelector({ only: { 'language:rust': 1 } });
  const setting = await selector.select(solution(), ['only'], { memory: '4Gi' });
  expect(setting).toMatchObject({ strategy: 'only', decidedBy: 'user', resources: { cpu: 1, memory: '4Gi' } });
  expect(setting.reasoning).toContain('You chose only.');
});

test('a provider restricts the choice to its strategies, and no provider is chosen by default', async () => {
  const { selector, names } = await makeSelector({ here: { 'language:python': 9 }, cloud: { 'language:python': 1 } });
  const directory = temporaryDirectory();
  const config = {
    name: 'both',
    provider: null,
    providers: ['dear-cloud'],
    interface: 'http',
    runner_class: 'EchoRunner',
    default_resources: {},
    run_interface: { type: 'http' },
    signals: [{ fact: 'language:python', weight: 2, reason: 'it serves Python' }],
  };
  const needs = `export const findNeeds = async (provider) => provider === null ? [] :
    [{ name: 'token of ' + provider, isMet: false, detail: 'none is set', remedy: 'set DEAR_TOKEN' }];`;
  writePlugin(directory, 'both', { 'config.yaml': JSON.stringify(config), 'needs.js': needs });
  await expect(selector.select(solution(), names, {}, { provider: 'dear-cloud' })).rejects.toMatchObject({
    code: 'PROVIDER_UNKNOWN',
    message: expect.stringContaining('here (test), cloud (test)'),
  });
  const registry = await StrategyRegistry.scan({ home, directories: [directory] });
  const both = new SelectorAgent(registry, { home });
  expect(await both.select(solution(), ['both'])).toMatchObject({ strategy: 'both', provider: null });
  const preference = { provider: 'dear-cloud' };
  await expect(both.select(solution(), ['both'], {}, preference)).rejects.toMatchObject({
    code: 'TOOL_MISSING',
    message: 'cannot deploy to dear-cloud: token of dear-cloud: none is set (set DEAR_TOKEN)',
  });
  await expect(both.select(solution(), ['both', 'local'], {}, preference)).rejects.toMatchObject({
    code: 'STRATEGY_UNAVAILABLE',
    message: expect.stringContaining('local: it does not run on dear-cloud'),
  });
  const within = { ...config, name: 'within' };
  writePlugin(directory, 'within', { 'config.yaml': JSON.stringify(within) });
  const rescanned = new SelectorAgent(await StrategyRegistry.scan({ home, directories: [directory] }), { home });
  const setting = await rescanned.select(solution(), ['within', 'local'], {}, preference);
  expect(setting).toMatchObject({ strategy: 'within', provider: 'dear-cloud' });
});

test('without a matching signal, or with a tie, nothing is chosen', async () => {
  const none = await makeSelector({ one: { 'language:rust': 1 }, two: {} });
  await expect(none.selector.select(solution(), none.names)).rejects.toMatchObject({ code: 'STRATEGY_UNDECIDED' });
  const tie = await makeSelector({ one: { 'language:python': 3 }, two: { 'entry:predict': 3 } });
  await expect(tie.selector.select(solution(), tie.names)).rejects.toMatchObject({
    code: 'STRATEGY_UNDECIDED',
    message: expect.stringContaining('one and two have the same score (3)'),
    details: { evidence: expect.stringContaining('+3 entry:predict') },
  });
});

test('unknown, unavailable and empty names are refused with their codes', async () => {
  const { selector } = await makeSelector({ idle: {}, other: {} }, ['idle', 'other']);
  const refused = (names: string[], code: string) =>
    expect(selector.select(solution(), names)).rejects.toMatchObject({ code });
  await refused(['nowhere'], 'STRATEGY_UNKNOWN');
  await refused(['idle'], 'STRATEGY_UNAVAILABLE');
  await refused(['idle', 'other'], 'STRATEGY_UNAVAILABLE');
  await refused([], 'STRATEGY_NOT_ALLOWED');
});

test('a repository with nothing to deploy is refused', async () => {
  const { selector, names } = await makeSelector({ one: {}, two: {} });
  const refused = (files: Record<string, string>, code: string, text: string) =>
    expect(selector.select({ path: temporarySolution(files) }, names)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(text),
    });
  await refused({}, 'SOURCE_EMPTY', 'contains no files');
  await refused({ '.gitignore': '*\n', 'app.py': '' }, 'SOURCE_EMPTY', 'ignore files');
  await refused({ 'index.js': '', 'lib.js': '' }, 'SOURCE_UNSUPPORTED', '2 files (2 javascript)');
  await refused({ 'notes.ipynb': '{}' }, 'SOURCE_UNSUPPORTED', 'export the notebook');
  await refused({ 'README.md': 'x' }, 'SOURCE_UNSUPPORTED', '1 file, none of them');
});

test('a strategy for another kind of repository is excluded, and alone refuses it', async () => {
  const { names, registry } = await makeSelector({ caller: { 'language:*': 9 }, shell: { 'language:shell': 1 } });
  const config = registry.getStrategy('shell');
  config.takes.push('language:shell');
  const selector = new SelectorAgent(registry, { home });
  const path = temporarySolution({ 'answer.sh': 'echo 1\n' });
  expect(await selector.select({ path }, names)).toMatchObject({
    strategy: 'shell',
    candidates: [{ strategy: 'caller', excluded: 'the repository contains no Python' }, { strategy: 'shell' }],
  });
  await expect(selector.select({ path }, ['caller'])).rejects.toMatchObject({
    code: 'SOURCE_UNSUPPORTED',
    message: expect.stringContaining('contains no Python: 1 file (1 shell)'),
  });
});

test('a strategy that cannot be exposed is excluded with --expose', async () => {
  const { names, registry } = await makeSelector({ caller: { 'language:*': 9 }, server: { 'language:*': 1 } });
  registry.getStrategy('server').exposable = true;
  const selector = new SelectorAgent(registry, { home });
  expect(await selector.select(solution(), names, {}, { expose: '0.0.0.0' })).toMatchObject({
    strategy: 'server',
    candidates: [{ strategy: 'caller', excluded: 'other machines cannot call its software' }, { strategy: 'server' }],
  });
  await expect(selector.select(solution(), ['caller'], {}, { expose: '0.0.0.0' })).rejects.toMatchObject({
    code: 'EXPOSE_UNSUPPORTED',
    message: expect.stringMatching(/software of caller.*; .*server can$/),
  });
  registry.getStrategy('server').providers = ['cloud'];
  const preferences = { expose: '0.0.0.0', provider: 'cloud' };
  await expect(selector.select(solution(), names, {}, preferences)).rejects.toMatchObject({
    code: 'EXPOSE_UNSUPPORTED',
  });
});

test('explain shows facts, scores, the choice and what would change it', async () => {
  const { selector, names } = await makeSelector(
    { caller: { 'language:python': 2 }, server: { 'framework:fastapi': 7 }, cloud: { gpu: 9 } },
    ['cloud'],
  );
  const text = await selector.explain(solution(), names);
  expect(text).toContain('callables: app:predict(text)');
  expect(text).toContain('caller: 2\n  +2 language:python');
  expect(text).toContain('auto chooses caller.');
  expect(text).toContain('server: needs more than 2 (has 0); would gain from framework:fastapi (+7)');
  expect(text).toContain('cloud: cannot be used, it has no runner module');
  const tie = await makeSelector({ one: {}, two: {} });
  expect(await tie.selector.explain(solution(), tie.names)).toContain('auto decides nothing');
});

test('an undecided choice proposes the strategies with recipes that recognize the repository', async () => {
  const recipes = (recognizes: boolean) =>
    `export const recipes = [{ name: 'own', recognize: async ({ entry }) => ${recognizes} || entry !== undefined ? { summary: 'recognized it', runInterface: { type: 'function' }, files: {} } : undefined }];\n`;
  const directory = temporaryDirectory();
  for (const [name, recognizes] of [
    ['blind', false],
    ['seeing', true],
  ] as const) {
    const config = {
      name,
      provider: 'test',
      interface: 'function',
      runner_class: 'EchoRunner',
      default_resources: {},
      run_interface: { type: 'function', module: 'main' },
      signals: [],
    };
    writePlugin(directory, name, { 'config.yaml': JSON.stringify(config), 'recipes.ts': recipes(recognizes) });
  }
  const registry = await StrategyRegistry.scan({ home, directories: [directory] });
  const both = new SelectorAgent(registry, { home });
  await expect(both.select(solution(), ['blind', 'seeing'])).rejects.toMatchObject({
    code: 'STRATEGY_UNDECIDED',
    next: expect.stringMatching(/^Choose one: berth deploy \S+ --strategy seeing$/),
    details: { strategy: 'seeing', candidates: ['seeing'] },
  });
  const named = { entry: 'app:predict' };
  await expect(both.select(solution(), ['blind', 'seeing'], {}, named)).rejects.toMatchObject({
    details: { candidates: ['blind', 'seeing'] },
  });
  const text = await both.explain(solution(), ['blind', 'seeing']);
  expect(text).toContain('seeing serves it as is: recognized it (recipe:own).');
  expect(text).toContain('No recipe of blind recognizes what to call');
});

test.each<[string, Record<string, string>, string[]]>([
  [
    'one callable',
    { 'app.py': 'def predict(text): return text\n' },
    ['local serves it as is: recognized `predict(text)` in app.py, called with the inputs by name'],
  ],
  [
    'several',
    { 'a.py': 'def predict(text): return text\n', 'b.py': 'def predict(text): return text\n' },
    ['local cannot tell what to call: 2 callables', ' --strategy local --entry b:predict'],
  ],
  ['none', { 'script.py': 'print(1)\n' }, ['No recipe of local recognizes what to call', '--entry MODULE:CALLABLE']],
  ['one that may be hidden', { 'predict.py': 'def predict(:\n' }, ['local cannot tell what to call: predict.py:1']],
])('explain shows what the recipes would call: %s', async (_, files, expected) => {
  const before = temporarySolution(files);
  const text = await new SelectorAgent(await StrategyRegistry.scan({ home }), { home }).explain({ path: before }, [
    'local',
  ]);
  for (const words of expected) expect(text).toContain(words);
});

test('explain announces no choice that a deployment would refuse', async () => {
  const files = { 'cog.yaml': 'predict: [broken\n', 'predict.py': 'def predict(text): return text\n' };
  const path = temporarySolution(files);
  const registry = await StrategyRegistry.scan({ home });
  const selector = new SelectorAgent(registry, { home });
  const text = await selector.explain({ path }, ['local', 'docker']);
  expect(text).toContain('auto would choose local, but local refuses to deploy this');
  expect(text).toMatch(/local refuses to deploy it: cog\.yaml:\d: .*\nThese commands deploy it:\n {2}berth deploy/);
  expect(text).toContain(`berth deploy ${path} --strategy local --entry predict:predict`);
  const named = await selector.explain({ path }, ['local', 'docker'], { entry: 'predict:predict' });
  expect(named).toContain('auto chooses local.');
});

test('an entry that names a graph is refused with the strategy that serves it', async () => {
  const source =
    'from langgraph.graph import StateGraph\ndef plan(state): return state\ngraph = StateGraph(dict).compile()\n';
  const path = temporarySolution({ 'agent.py': source });
  const registry = await StrategyRegistry.scan({ home });
  const selector = new SelectorAgent(registry, { home });
  const refusal =
    /local refuses to deploy it: .* names a langgraph object \(agent\.py:3: graph = .*\), which local cannot call; langgraph serves it: use --strategy langgraph/;
  for (const entry of ['agent:graph', 'agent.py:graph'])
    expect(await selector.explain({ path }, ['local'], { entry })).toMatch(refusal);
  expect(await selector.explain({ path }, ['local'], { entry: 'agent:plan' })).toContain('local serves it as is');
  expect(await selector.explain({ path }, ['langgraph'], { entry: 'agent:graph' })).toContain(
    'langgraph serves it as is',
  );
});

test('the reason for an unavailable strategy is given once', async () => {
  const registry = await StrategyRegistry.scan({ home });
  const selector = new SelectorAgent(registry, { home });
  const count = (text: string) => text.split('Modal bills compute by the second').length - 1;
  expect(count(await selector.explain(solution()))).toBe(1);
  expect(count((await selector.select(solution())).reasoning)).toBe(1);
  const refusal = await selector
    .select({ path: temporarySolution({ 'main.go': '', Dockerfile: 'FROM x\n' }) })
    .catch((error) => error);
  if (refusal instanceof BerthError) expect(count(`${refusal.message}${refusal.details.evidence ?? ''}`)).toBe(1);
  else expect(count(refusal.reasoning)).toBe(1);
});

const typical: [string, Record<string, string>, string][] = [
  ['a function', { 'main.py': 'def predict(inputs): return inputs\n' }, 'local'],
  ['a function and a Dockerfile', { 'main.py': 'def predict(x): return x\n', Dockerfile: 'FROM x\n' }, 'local'],
  [
    'a function and a Dockerfile that exposes a port',
    { 'main.py': 'def predict(x): return x\n', Dockerfile: 'FROM x\nEXPOSE 80\n' },
    'docker',
  ],
  [
    'a library with a compose file for its tests',
    { 'words.py': 'def count(text): return len(text)\n', 'docker-compose.yml': 'services: {}\n' },
    'local',
  ],
  [
    'a library with a conda file next to its classes',
    { 'flow.py': 'class Flow:\n    def __call__(self): return 1\n', 'environment.yml': 'dependencies: [numpy]\n' },
    'local',
  ],
  ['a server that is no Python', { 'main.go': '', Dockerfile: 'FROM x\nENV PORT=80\nEXPOSE $PORT\n' }, 'docker'],
  ['a FastAPI application', { 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n' }, 'docker'],
  ['a Modal app', { 'm.py': 'import modal\napp = modal.App("x")\ndef predict(x): return x\n' }, 'modal'],
  ['a function that needs a GPU', { 'm.py': 'def predict(x): return x.cuda()\n', 'w.pt': 'x' }, 'modal'],
  [
    'a Bento service',
    { 's.py': 'import bentoml\n@bentoml.service\nclass S:\n    def predict(self): pass\n' },
    'bentoml',
  ],
  ['a graph', { 'a.py': 'from langgraph.graph import StateGraph\ng = StateGraph(dict).compile()\n' }, 'langgraph'],
];

test.each(typical)('the built-in rules give %s the expected strategy', async (_, files, expected) => {
  const registry = await StrategyRegistry.scan({ home });
  const path = temporarySolution(files);
  const names = registry.listEntries().map(({ name }) => name);
  const text = await new SelectorAgent(registry, { home }).explain({ path }, names);
  const scores = [...text.matchAll(/^(\w+): (-?\d+)( \(|$)/gm)].map(([, name, score]) => ({
    name,
    score: Number(score),
  }));
  expect(scores[0]?.name).toBe(expected);
  expect(scores[0]?.score).toBeGreaterThan(scores[1]?.score ?? 0);
});
