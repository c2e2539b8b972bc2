import { expect, test } from '@jest/globals';
import { StrategyRegistry } from '../../src/registry/index.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary-directories.js';
import { writePlugin } from './plugin.js';

const needs = (body: string): string => `export async function findNeeds(provider) { ${body} }\n`;
const need = (isMet: boolean): string =>
  `{ name: 'crane', isMet: ${isMet}, detail: 'looked on ' + provider, remedy: ${isMet ? 'null' : "'install a crane'"} }`;

async function inspect(text: string) {
  const directory = temporaryDirectory();
  writePlugin(directory, 'lifted', { 'needs.js': text });
  const registry = await StrategyRegistry.scan({ home: temporaryHome(), directories: [directory] });
  const here = await registry.listAvailability();
  expect(here.find(({ name }) => name === 'local')).toMatchObject({ state: 'ready', unmetNeeds: [] });
  return here.find(({ name }) => name === 'lifted');
}

test('a strategy with all its needs met is ready', async () => {
  expect(await inspect(needs(`return [${need(true)}]`))).toMatchObject({
    state: 'ready',
    problem: null,
    unmetNeeds: [],
  });
});

test('a strategy with an unmet need is unavailable, with the need and its remedy', async () => {
  expect(await inspect(needs(`return [${need(true)}, ${need(false)}]`))).toMatchObject({
    state: 'unavailable',
    problem: 'crane: looked on null (install a crane)',
    unmetNeeds: [{ name: 'crane', isMet: false, detail: 'looked on null', remedy: 'install a crane' }],
  });
});

test.each([
  ['throws', needs("throw new Error('no idea')"), 'no idea'],
  ['returns nothing', needs(''), 'findNeeds does not return a list'],
  ['returns something else', needs("return [{ name: 'crane' }]"), 'findNeeds does not return a list'],
  ['is not exported', 'export const needs = [];\n', 'exports no function called findNeeds'],
  ['does not load', 'export function findNeeds( {\n', 'does not load'],
])('a failure of findNeeds (it %s) breaks only this strategy', async (_, text, problem) => {
  expect(await inspect(text)).toMatchObject({ state: 'broken', problem: expect.stringContaining(problem) });
});

test('the next scan finds a strategy that was added later', async () => {
  const directory = temporaryDirectory();
  const registry = await StrategyRegistry.scan({ home: temporaryHome(), directories: [directory] });
  expect(registry.listStrategies()).not.toContain('late');
  writePlugin(directory, 'late');
  await registry.refresh();
  expect(registry.listStrategies()).toContain('late');
});

test('a directory that is not a strategy cannot be opened as one', async () => {
  await expect(StrategyRegistry.open(temporaryDirectory())).rejects.toMatchObject({
    code: 'STRATEGY_BROKEN',
    message: expect.stringContaining('config.yaml'),
  });
  await expect(StrategyRegistry.open('/nowhere/at-all')).rejects.toMatchObject({
    code: 'STRATEGY_BROKEN',
    message: expect.stringContaining('/nowhere/at-all'),
  });
});
