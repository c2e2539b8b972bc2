/** @needs python3 */
import { delimiter, join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { StrategyRegistry } from '../../src/registry/index.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary-directories.js';
import { writePlugin } from './plugin.js';

const plan = {
  deployment: 'echo',
  revision: 'r1',
  strategy: 'echo',
  directory: '/',
  stateDirectory: '/',
  logFile: '/log',
  provider: null,
  sharedDirectory: '/shared',
  environment: null,
  runInterface: { type: 'function' },
  resources: {},
  timeout: 1,
};

afterEach(() => {
  delete process.env.BERTH_STRATEGIES;
});

test('the five built-in strategies are found, each with its config and both instructions', async () => {
  const registry = await StrategyRegistry.scan({ home: temporaryHome() });
  const entries = registry.listEntries();
  expect(entries.map(({ name }) => name)).toEqual(['bentoml', 'docker', 'langgraph', 'local', 'modal']);
  for (const { name, origin, config } of entries) {
    expect(origin).toBe('built-in');
    expect(config?.name).toBe(name);
    expect(registry.getSelectorInstruction(name)).toContain(`# Strategy \`${name}\``);
    expect(registry.getAdapterInstruction(name)).toContain('<run_interface>');
    expect(registry.getDefaultRunInterface(name)).toHaveProperty('type');
  }
});

test('requiring a strategy without a runner fails', async () => {
  const directory = temporaryDirectory();
  writePlugin(directory, 'echo', { 'runner.ts': null });
  const registry = await StrategyRegistry.scan({ home: temporaryHome(), directories: [directory] });
  expect(registry.listStrategies()).not.toContain('echo');
  expect(registry.listEntries().find(({ name }) => name === 'echo')).toMatchObject({ state: 'unavailable' });
  expect(() => registry.getRunnerModule('echo')).toThrow(
    expect.objectContaining({ code: 'STRATEGY_UNAVAILABLE', message: expect.stringContaining('runner module') }),
  );
  expect(registry.getStrategy('echo').runner_class).toBe('EchoRunner');
});

test('plugins come from the home and from BERTH_STRATEGIES', async () => {
  const home = temporaryHome();
  const [first, second] = [temporaryDirectory(), temporaryDirectory()];
  writePlugin(home.strategies, 'at-home');
  writePlugin(first, 'one');
  writePlugin(second, 'two');
  process.env.BERTH_STRATEGIES = [first, second].join(delimiter);
  const registry = await StrategyRegistry.scan({ home });
  expect(registry.listStrategies()).toEqual(expect.arrayContaining(['at-home', 'one', 'two']));
  expect(registry.createNameSchema().safeParse('two').success).toBe(true);
  expect(registry.createNameSchema().safeParse('auto').success).toBe(true);
  expect(registry.createNameSchema().safeParse('three').success).toBe(false);
});

test('a plugin in TypeScript is loaded lazily, with the library’s own classes', async () => {
  const directory = temporaryDirectory();
  writePlugin(directory, 'echo');
  const registry = await StrategyRegistry.scan({ home: temporaryHome(), directories: [directory] });
  expect(registry.getRunnerModule('echo')).toEqual({
    module: join(directory, 'echo', 'runner.ts'),
    className: 'EchoRunner',
  });
  const EchoRunner = await registry.getRunnerClass('echo');
  const runner = new EchoRunner(plan);
  expect(await runner.run({ text: 'hello' })).toEqual({ status: 'success', output: { text: 'hello' } });
  await expect(runner.run(null)).rejects.toMatchObject({ name: 'BerthError', code: 'CALL_INPUT' });
  const [recipe] = await registry.getRecipes('echo');
  expect(recipe?.name).toBe('echo');
});

test('a plugin in JavaScript is loaded too, and may have no recipes', async () => {
  const directory = temporaryDirectory();
  const text = 'export class EchoRunner { async run(inputs) { return { status: "success", output: inputs }; } }\n';
  writePlugin(directory, 'echo', { 'runner.ts': null, 'runner.js': text, 'recipes.ts': null });
  const registry = await StrategyRegistry.scan({ home: temporaryHome(), directories: [directory] });
  const EchoRunner = await registry.getRunnerClass('echo');
  expect(await new EchoRunner(plan).run(3)).toEqual({ status: 'success', output: 3 });
  expect(await registry.getRecipes('echo')).toEqual([]);
});

test('a module that does not load or lacks an export is reported with its path', async () => {
  const directory = temporaryDirectory();
  writePlugin(directory, 'no-class', { 'runner.ts': 'export class Other {}\n' });
  writePlugin(directory, 'no-module', { 'runner.ts': 'import "./nowhere.js";\n' });
  writePlugin(directory, 'no-recipes', { 'recipes.ts': 'export const recipes = 3;\n' });
  const registry = await StrategyRegistry.scan({ home: temporaryHome(), directories: [directory] });
  const broken = (text: string) => ({ code: 'STRATEGY_BROKEN', message: expect.stringContaining(text) });
  await expect(registry.getRunnerClass('no-class')).rejects.toMatchObject(broken('EchoRunner'));
  await expect(registry.getRunnerClass('no-module')).rejects.toMatchObject(broken(join('no-module', 'runner.ts')));
  await expect(registry.getRecipes('no-recipes')).rejects.toMatchObject(broken(join('no-recipes', 'recipes.ts')));
});

test('a broken plugin affects only itself and reports what is wrong', async () => {
  const directory = temporaryDirectory();
  writePlugin(directory, 'sound');
  writePlugin(directory, 'wrong-type', { 'config.yaml': 'name: wrong-type\nprovider: null\ninterface: 3\n' });
  writePlugin(directory, 'half', { 'adapter_instruction.md': null });
  writePlugin(directory, 'empty-text', { 'selector_instruction.md': '\n' });
  writePlugin(directory, 'other-name', {
    'config.yaml':
      'name: another\nprovider: null\ninterface: x\nrunner_class: R\ndefault_resources: {}\nrun_interface: { type: x }\n',
  });
  const registry = await StrategyRegistry.scan({ home: temporaryHome(), directories: [directory] });
  expect(registry.listStrategies()).toContain('sound');
  const problems = Object.fromEntries(registry.listEntries().map(({ name, problem }) => [name, problem]));
  expect(problems['wrong-type']).toContain(
    `${join(directory, 'wrong-type', 'config.yaml')}:3: interface: expected string`,
  );
  expect(problems.half).toContain('adapter_instruction.md is missing');
  expect(problems['empty-text']).toContain('selector_instruction.md: is empty');
  expect(problems['other-name']).toContain('name: is "another", but the directory is "other-name"');
  expect(() => registry.getStrategy('half')).toThrow(expect.objectContaining({ code: 'STRATEGY_BROKEN' }));
});

test('a directory without any of the files is not a strategy', async () => {
  const directory = temporaryDirectory();
  const files = ['config.yaml', 'selector_instruction.md', 'adapter_instruction.md'];
  writePlugin(directory, 'notes', Object.fromEntries(files.map((file) => [file, null])));
  const registry = await StrategyRegistry.scan({ home: temporaryHome(), directories: [directory] });
  expect(registry.listEntries().map(({ name }) => name)).not.toContain('notes');
});

test('a plugin does not replace a built-in strategy', async () => {
  const directory = temporaryDirectory();
  writePlugin(directory, 'local');
  const registry = await StrategyRegistry.scan({ home: temporaryHome(), directories: [directory] });
  const entries = registry.listEntries().filter(({ name }) => name === 'local');
  expect(entries.map(({ origin }) => origin)).toEqual(['built-in', 'user']);
  expect(entries[1]).toMatchObject({ state: 'broken', problem: expect.stringContaining('is taken by') });
  expect(registry.getStrategy('local').runner_class).toBe('LocalRunner');
});

test('a named directory that does not exist is reported', async () => {
  const missing = join(temporaryDirectory(), 'nowhere');
  const registry = await StrategyRegistry.scan({ home: temporaryHome(), directories: [missing] });
  expect(registry.listEntries().at(-1)).toMatchObject({
    state: 'broken',
    problem: expect.stringContaining('does not exist'),
  });
});

test('an unknown name is refused with the known names', async () => {
  const registry = await StrategyRegistry.scan({ home: temporaryHome() });
  expect(() => registry.getStrategy('locl')).toThrow(
    expect.objectContaining({ code: 'STRATEGY_UNKNOWN', message: expect.stringContaining('local') }),
  );
  expect(() => registry.listStrategies(['locl'])).toThrow(expect.objectContaining({ code: 'STRATEGY_UNKNOWN' }));
});
