/** @needs git python3 uv temporal */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { packageRoot } from '../../src/home/package-root.js';
import { createUserDirectory, readBlocks, readCommands, readDocument, UserShell } from '../support/documents.js';
import { temporaryStack } from '../support/temporary-stack.js';
import { describeTree } from './run-json.js';

// Runs the commands of README.md.

const readme = readDocument('README.md');
const blocks = readBlocks(readme);
const commands = blocks.filter(({ language }) => language === '' || language === 'sh').flatMap(readCommands);
const home = temporaryStack();

test('the first deploy command prints an answer and writes nothing into the checkout', async () => {
  const deployLine = commands.find((line) => line.startsWith('npx berth deploy')) ?? '';
  const before = await describeTree(join(packageRoot, 'examples'));
  const built = statSync(join(packageRoot, 'dist', 'client.js')).mtimeMs;
  const { exitCode, stdout } = await new UserShell(home.root, packageRoot).type(deployLine);
  const printed = blocks.find(({ language }) => language === 'json');
  expect({ exitCode, answer: JSON.parse(stdout) }).toEqual({ exitCode: 0, answer: JSON.parse(printed?.code ?? '') });
  expect(await describeTree(join(packageRoot, 'examples'))).toBe(before);
  expect(statSync(join(packageRoot, 'dist', 'client.js')).mtimeMs).toBe(built);
});

test('the following commands work in order', async () => {
  const shell = new UserShell(home.root);
  const lines = blocks.filter(({ language }) => language === 'sh').flatMap(readCommands);
  expect(lines.map((line) => line.split(' ')[2])).toEqual(['run', 'status', 'cleanup']);
  for (const line of lines) {
    const { exitCode, stdout } = await shell.type(line);
    expect({ line, exitCode, stdout }).toEqual({ line, exitCode: 0, stdout: expect.stringMatching(/\S/) });
  }
});

test.each(['README.md', 'docs/guide/call.md'])(
  'the library’s example in %s has types, and prints an answer',
  async (path) => {
    const example = readBlocks(readDocument(path)).find(({ language }) => language === 'ts')?.code ?? '';
    const cwd = createUserDirectory();
    writeFileSync(join(cwd, 'example.mts'), example);
    writeFileSync(join(cwd, 'example.mjs'), example);
    const compiler = join(packageRoot, 'node_modules', '.bin', 'tsc');
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck'];
    const typeRoots = ['--types', 'node', '--typeRoots', join(packageRoot, 'node_modules', '@types')];
    const checked = await execa(compiler, [...options, ...typeRoots, 'example.mts'], { cwd, reject: false });
    expect({ exitCode: checked.exitCode, problems: checked.stdout }).toEqual({ exitCode: 0, problems: '' });
    const ran = await new UserShell(home.root, cwd).type('node example.mjs');
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("status: 'success'") });
  },
);

test('README.md has at most 600 words', () => {
  expect(readme.split(/\s+/).filter((word) => word !== '').length).toBeLessThanOrEqual(600);
});
