import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { StrategyRegistry } from '../../src/registry/index.js';
import { temporaryDirectory, temporaryHome, writeTree } from '../support/temporary-directories.js';
import { writePlugin } from './plugin.js';

const code = { directory: '/code', provider: null, runInterface: { type: 'function' } };

async function writeStrategy(files: Record<string, string> = {}) {
  const directory = temporaryDirectory();
  writePlugin(directory, 'founded', files);
  const registry = await StrategyRegistry.scan({ home: temporaryHome(), directories: [directory] });
  return { directory: join(directory, 'founded'), find: () => registry.findFoundation('founded', code) };
}

test('the digest covers instructions, modules and generated files, but not what a run leaves', async () => {
  const { directory, find } = await writeStrategy({ '.gitignore': 'made.js\n' });
  const first = await find();
  expect(first).toEqual({ strategy: expect.stringMatching(/^[0-9a-f]{64}$/), base: null });
  writeTree(directory, { '__pycache__/run.pyc': '', 'node_modules/berth/index.js': '', '.env': 'TOKEN=1' });
  expect(await find()).toEqual(first);
  const seen = new Set([first.strategy]);
  for (const file of ['adapter_instruction.md', 'runner.ts', 'made.js', 'parts/call.py']) {
    writeTree(directory, { [file]: `# ${file}\n` });
    seen.add((await find()).strategy);
  }
  expect(seen.size).toBe(5);
});

test('the same files have the same digest in any directory', async () => {
  const [one, other] = [await writeStrategy(), await writeStrategy()];
  expect(await one.find()).toEqual(await other.find());
});

const base = (body: string): string => `export async function findBase(code) { ${body} }\n`;

test.each([
  ['what it builds on', "return { [code.directory]: 'sha256:1', other: null }", { '/code': 'sha256:1', other: null }],
  ['that it cannot tell', '', null],
])('a strategy says %s', async (_, body, expected) => {
  const { find } = await writeStrategy({ 'base.js': base(body) });
  expect(await find()).toMatchObject({ base: expected });
});

test.each([
  ['throws', base("throw new Error('no idea')"), 'no idea'],
  [
    'answers something else',
    base('return { image: 1 }'),
    'findBase does not return a record of name and id: {"image":1}',
  ],
  ['is not exported', 'export const base = {};\n', 'exports no function called findBase'],
])('a findBase that %s is named', async (_, text, problem) => {
  const { find } = await writeStrategy({ 'base.js': text });
  await expect(find()).rejects.toMatchObject({ code: 'STRATEGY_BROKEN', message: expect.stringContaining(problem) });
});

test('the digest of a built-in strategy is Berth’s version', async () => {
  const registry = await StrategyRegistry.scan({ home: temporaryHome() });
  const [local, modal] = await Promise.all(['local', 'modal'].map((name) => registry.findFoundation(name, code)));
  expect(local).toEqual(modal);
});
