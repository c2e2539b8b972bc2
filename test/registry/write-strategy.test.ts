import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { exampleStrategyDirectory } from '../../src/home/package-root.js';
import { StrategyRegistry, writeStrategy } from '../../src/registry/index.js';
import { temporaryDirectory, temporaryHome, writeTree } from '../support/temporary-directories.js';

const registry = await StrategyRegistry.scan({ home: temporaryHome(), directories: [] });

const listFiles = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();

const read = (directory: string) =>
  Object.fromEntries(listFiles(directory).map((file) => [file, readFileSync(join(directory, file), 'utf8')]));

test('the example’s own name writes the example itself', async () => {
  const parent = join(temporaryDirectory(), 'new', 'directories');
  const written = await writeStrategy({ name: 'procfile', parent, registry });
  expect(written).toBe(join(parent, 'procfile'));
  expect(read(written)).toEqual(read(exampleStrategyDirectory));
  expect(readdirSync(parent)).toEqual(['procfile']);
});

test('another name goes into config, class and headings', async () => {
  const parent = temporaryDirectory();
  const written = await writeStrategy({ name: 'my-cloud2', parent, registry });
  const opened = await StrategyRegistry.open(written);
  expect(opened.getStrategy('my-cloud2')).toMatchObject({ name: 'my-cloud2', takes: ['manifest:procfile'] });
  expect(await opened.findUnmetNeeds('my-cloud2')).toEqual([]);
  expect((await opened.getRunnerClass('my-cloud2')).name).toBe('MyCloud2Runner');
  expect((await opened.getRecipes('my-cloud2')).map(({ name }) => name)).toEqual(['web-process']);
  expect(opened.getSelectorInstruction('my-cloud2')).toMatch(/^# Strategy `my-cloud2`\n/);
  expect(opened.getAdapterInstruction('my-cloud2')).toMatch(/^# Adapt a repository to `my-cloud2`\n/);
});

test.each(['', 'My-Cloud', '2nd', '../up', 'a b', 'a/b'])('the name “%s” is refused', async (name) => {
  const parent = temporaryDirectory();
  await expect(writeStrategy({ name, parent, registry })).rejects.toMatchObject({
    code: 'STRATEGY_NAME_INVALID',
    message: expect.stringContaining('lower-case letters, digits and hyphens'),
  });
  expect(readdirSync(parent)).toEqual([]);
});

test('a name that is taken is refused with the strategy’s directory', async () => {
  await expect(writeStrategy({ name: 'local', parent: temporaryDirectory(), registry })).rejects.toMatchObject({
    code: 'STRATEGY_NAME_TAKEN',
    message: expect.stringContaining(join('strategies', 'local')),
  });
});

test.each([
  ['a directory', { 'mine/notes.txt': 'mine' }],
  ['a file', { mine: 'mine' }],
])('%s that already exists stays unchanged', async (_, files) => {
  const parent = writeTree(temporaryDirectory(), files);
  const before = read(parent);
  await expect(writeStrategy({ name: 'mine', parent, registry })).rejects.toMatchObject({
    code: 'STRATEGY_NAME_TAKEN',
    message: expect.stringContaining(join(parent, 'mine')),
  });
  expect(read(parent)).toEqual(before);
});

test('a directory that cannot be written is named', async () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  await expect(writeStrategy({ name: 'mine', parent: join(file, 'below'), registry })).rejects.toMatchObject({
    code: 'DIRECTORY_UNUSABLE',
    exitCode: 3,
    message: expect.stringContaining(join(file, 'below', 'mine')),
    next: expect.stringContaining('--directory'),
  });
});
