import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { type DeployOptionValues, readDeployConfig } from '../../src/commands/deploy-config.js';
import { isDeploymentName } from '../../src/commands/deployment-name.js';
import { parseResources } from '../../src/commands/parse-resources.js';
import { DeploymentName } from '../../src/contract/deploy-config.js';
import { temporaryDirectory, temporaryHome, temporarySolution, writeTree } from '../support/temporary-directories.js';

const nothing: DeployOptionValues = {
  name: undefined,
  goal: undefined,
  strategy: undefined,
  allow: undefined,
  agent: undefined,
  entry: undefined,
  env: [],
  envFile: [],
  resource: [],
  example: [],
  timeout: undefined,
  importTimeout: undefined,
  rounds: undefined,
  budget: undefined,
  provider: undefined,
  expose: undefined,
  bake: undefined,
  drain: undefined,
  keep: undefined,
};

let solution: string;

beforeEach(() => {
  const home = temporaryHome();
  process.env.BERTH_HOME = home.root;
  writeTree(join(home.strategies, 'plain'), {
    'config.yaml': [
      'name: plain',
      'provider: null',
      'providers: [dear-cloud]',
      'interface: function',
      'runner_class: PlainRunner',
      'default_resources: {}',
      'run_interface: { type: function }',
    ].join('\n'),
    'selector_instruction.md': 'Choose it.',
    'adapter_instruction.md': 'Leave it.',
    'runner.js': 'export class PlainRunner {}',
  });
  solution = join(temporarySolution({ 'My Model/app.py': 'def predict(text):\n    return text\n' }), 'My Model');
});

const read = (options: Partial<DeployOptionValues>, path = solution) =>
  readDeployConfig(path, { ...nothing, ...options });

test('a path alone is enough: the name comes from the directory, the rest has defaults', async () => {
  expect(await read({})).toEqual({
    name: 'my-model',
    solution: { path: solution },
    strategy: 'auto',
    agent: 'auto',
    rounds: 4,
    env: [],
    resources: {},
    examples: [],
    bake: 60,
    drain: 30,
    keep: 5,
  });
});

test('--env overrides the file, and only sealed values leave the command', async () => {
  const file = join(temporarySolution({ 'x.env': 'TOKEN=from-file\nMODE=fast\n' }), 'x.env');
  const { env } = await read({ env: ['TOKEN=top-secret', 'HF_TOKEN'], envFile: [file] });
  expect(env).toEqual([
    { name: 'TOKEN', sealed: expect.any(String) },
    { name: 'MODE', sealed: expect.any(String) },
    { name: 'HF_TOKEN', from: 'worker' },
  ]);
  expect(JSON.stringify(env)).not.toMatch(/top-secret|from-file|fast/);
});

test('a provider that one of the strategies has is accepted', async () => {
  expect(await read({ provider: 'dear-cloud' })).toMatchObject({ strategy: 'auto', provider: 'dear-cloud' });
  expect(await read({ strategy: 'plain', provider: 'dear-cloud' })).toMatchObject({ provider: 'dear-cloud' });
});

test('a strategy and the allowed strategies are accepted', async () => {
  const config = await read({ strategy: 'plain', allow: 'plain', entry: 'app:predict', goal: 'Say it.', timeout: 5 });
  expect(config).toMatchObject({ strategy: 'plain', allow: ['plain'], entry: 'app:predict', timeout: 5 });
});

test.each([
  'app:predict',
  'app.model:Model.run',
  './lib/graph.py:agent',
  'app:state.model.predict',
  '01-predict.py:predict',
  '01-predict:predict',
  'my-model/predict v2.py:Model.run.it',
  'größe.straße:prüfe',
  'my-graph',
  '/predict',
  '/v1/infer-it',
  ':8080/predict',
  '/',
])('the entry %s is accepted', async (entry) => expect(await read({ entry })).toMatchObject({ entry }));

test('an address to expose is accepted when one strategy supports it', async () => {
  expect(await read({ expose: '::', strategy: 'bentoml' })).toMatchObject({ expose: '::' });
  expect(await read({ expose: '10.0.0.2', allow: 'local,bentoml' })).toMatchObject({ expose: '10.0.0.2' });
  expect(await read({})).not.toHaveProperty('expose');
});

test.each<[string, Partial<DeployOptionValues>, string, string]>([
  ['an invalid name', { name: 'A B' }, 'NAME_INVALID', '“A B”'],
  ['a missing strategy', { strategy: 'lcal' }, 'STRATEGY_UNKNOWN', 'lcal'],
  ['a missing allowed strategy', { allow: 'plain,lcal' }, 'STRATEGY_UNKNOWN', 'lcal'],
  ['a strategy that is not allowed', { strategy: 'local', allow: 'plain' }, 'STRATEGY_NOT_ALLOWED', 'plain'],
  ['a provider that no strategy has', { provider: 'aws' }, 'PROVIDER_UNKNOWN', 'plain (this machine, dear-cloud)'],
  [
    'a provider of another strategy',
    { strategy: 'local', provider: 'dear-cloud' },
    'PROVIDER_UNKNOWN',
    'run on: local (this machine)',
  ],
  ['an invalid address', { expose: 'all' }, 'USAGE', '“all”'],
  [
    'a strategy that cannot be exposed',
    { expose: '0.0.0.0', strategy: 'local' },
    'EXPOSE_UNSUPPORTED',
    'software of local',
  ],
  [
    'what a cloud serves',
    { expose: '0.0.0.0', strategy: 'bentoml', provider: 'bentocloud' },
    'EXPOSE_UNSUPPORTED',
    'endpoints of bentocloud are always reachable from other machines',
  ],
  [
    'a cloud that is to be exposed, by whatever strategy',
    { expose: '0.0.0.0', provider: 'langsmith' },
    'EXPOSE_UNSUPPORTED',
    'endpoints of langsmith',
  ],
  [
    'a strategy that runs nothing at set times',
    { resource: ['schedule=1d'], strategy: 'local' },
    'RESOURCE_INVALID',
    'software of local runs only when it is called',
  ],
  ['an invalid schedule', { resource: ['schedule=daily'] }, 'RESOURCE_INVALID', 'must be a cron line such as'],
  ['an empty name among the allowed', { allow: 'plain,' }, 'USAGE', '--allow'],
  ['an entry without a callable', { entry: 'app.py' }, 'ENTRY_INVALID', 'app.py'],
  ['a path with a space', { entry: '/pre dict' }, 'ENTRY_INVALID', '/pre dict'],
  ['a port without a path', { entry: ':8080' }, 'ENTRY_INVALID', ':8080'],
  ['an entry with a path as its module', { entry: 'src/app:predict' }, 'ENTRY_INVALID', 'src/app:predict'],
  ['an unknown resource', { resource: ['mem=1'] }, 'RESOURCE_INVALID', 'known: cpu, memory'],
  ['a resource without a value', { resource: ['cpu'] }, 'RESOURCE_INVALID', 'NAME=VALUE'],
  ['a variable without a name', { env: ['=1'] }, 'USAGE', '--env'],
  ['a missing file of variables', { envFile: ['nowhere.env'] }, 'USAGE', 'nowhere.env'],
])('%s is refused without a server', async (_, options, code, message) => {
  await expect(read(options)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test('the message about an invalid variable hides its value', async () => {
  await expect(read({ env: ['1TOKEN=top-secret'] })).rejects.not.toThrow('top-secret');
});

test('a missing path, a file and an empty directory are refused', async () => {
  const empty = temporaryDirectory();
  await expect(read({}, join(empty, 'nowhere'))).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  await expect(read({}, join(solution, 'app.py'))).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  await expect(read({}, empty)).rejects.toMatchObject({ code: 'SOURCE_EMPTY' });
});

test('the value of a numeric resource is a number', () => {
  expect(parseResources(['cpu=1.5', 'memory=16', 'gpu=T4', 'replicas=2'])).toEqual({
    cpu: 1.5,
    memory: '16',
    gpu: 'T4',
    replicas: 2,
  });
});

test.each([
  ['cpu=many', 'a number greater than 0'],
  ['cpu=-1', 'a number greater than 0'],
  ['replicas=1.5', 'a whole number'],
  ['memory=lots', 'a quantity such as 512Mi'],
])('the resource %s is refused with the expected value', (pair, message) => {
  expect(() => parseResources([pair])).toThrow(message);
});

test.each(['a', 'a-1', '-a', 'a-', 'A', '', 'a_b', '../x', 'a'.repeat(40), 'a'.repeat(41), 'a\n'])(
  'the commands and the contract agree whether %j is a name',
  (name) => {
    expect(isDeploymentName(name)).toBe(DeploymentName.safeParse(name).success);
  },
);

test('agents, rounds and budget are accepted, and an unknown agent is refused', async () => {
  const config = await read({ agent: 'codex,aider', rounds: 2, budget: 1.5 });
  expect(config).toMatchObject({ agent: 'codex,aider', rounds: 2, budget: 1.5 });
  expect(await read({ agent: 'none' })).toMatchObject({ agent: 'none' });
  await expect(read({ agent: 'codex,coder' })).rejects.toMatchObject({
    code: 'AGENT_UNKNOWN',
    message: expect.stringContaining('coder'),
  });
});
