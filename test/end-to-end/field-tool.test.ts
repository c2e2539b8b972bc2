/** @needs git python3 uv temporal */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { execa } from 'execa';
import { packageRoot } from '../../src/home/package-root.js';
import { temporaryDirectory, writeTree } from '../support/temporary-directories.js';

const clones = temporaryDirectory('berth-clones-');

test('the field tool serves one repository, reports the loss of another, and writes the page', async () => {
  const served = publish('ada/doubles', { 'main.py': 'def predict(number):\n    return number * 2\n' });
  const lost = publish('ada/wrong', { 'main.py': 'def predict(number):\n    return number * 3\n' });
  const table = writeTable(`
- slug: ada/doubles
  commit: ${served}
  shape: function
  calls: [{ input: { number: 21 }, output: 42 }]
- slug: ada/wrong
  commit: ${lost}
  shape: function
  arguments: [--strategy, local]
  calls: [{ input: { number: 21 }, output: 42 }]
  loss: It multiplies by three.
`);
  const report = join(clones, 'compatibility.md');

  const { exitCode, stdout } = await field('--table', table, '--report', report);
  expect(stdout).toMatch(/served\s+[\d.]+ s {2}ada\/doubles/);
  expect(stdout).toMatch(/LOST\s+[\d.]+ s {2}ada\/wrong --strategy local\n {2}output: expected 42, got 63/);
  expect(stdout).toContain('1 of 2 served (50 %)');
  expect(exitCode).toBe(0);
  const page = readFileSync(report, 'utf8');
  expect(page).toContain(`| [ada/doubles](https://github.com/ada/doubles/tree/${served})`);
  expect(page).toMatch(
    /\| ada\/wrong --strategy local \| It multiplies by three\. \| `output: expected 42, got 63` \|/,
  );
});

test('the repository is provided at the listed commit without changes to the clone', async () => {
  const first = publish('ada/moves', { 'main.py': 'def predict():\n    return 1\n' });
  publish('ada/moves', { 'main.py': 'def predict():\n    return 2\n' });
  const table = writeTable(`
- slug: ada/moves
  commit: ${first}
  shape: function
  calls: [{ input: {}, output: 1 }]
`);
  const { stdout } = await field('--table', table, '--report', join(clones, 'moved.md'));
  expect(stdout).toContain('1 of 1 served (100 %)');
  expect(git('ada/moves', 'status', '--porcelain')).toBe('');
});

test('every problem of the table is reported with its path, and nothing is started', async () => {
  const table = writeTable(`
- slug: doubles
  commit: main
  shape: graph
  calls: []
  note: hello
`);
  const { exitCode, stderr } = await field('--table', table);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('entry 1 (doubles).slug: is OWNER/NAME');
  expect(stderr).toContain('entry 1 (doubles).commit: is the 40 hexadecimal digits of a commit');
  for (const path of ['shape', 'calls']) expect(stderr).toContain(`entry 1 (doubles).${path}: `);
  expect(stderr).toContain('note');
});

test('a missing clone is a loss with the expected directory', async () => {
  const table = writeTable(`
- slug: ada/absent
  commit: ${'a'.repeat(40)}
  shape: function
  calls: [{ input: {} }]
`);
  const { stdout, exitCode } = await field('--table', table, '--only', 'ada/absent', '--report', join(clones, 'no.md'));
  expect(stdout).toMatch(/ada\/absent is not in .*: clone it to/);
  expect(exitCode).toBe(1);
});

const field = (...words: string[]) =>
  execa(process.execPath, ['bench/field/run.mjs', '--from', clones, ...words], { cwd: packageRoot, reject: false });

function writeTable(text: string): string {
  const path = join(temporaryDirectory('berth-table-'), 'repositories.yaml');
  writeFileSync(path, text);
  return path;
}

/** Commits files in the clone of a slug. Returns the commit. */
function publish(slug: string, files: Record<string, string>): string {
  writeTree(join(clones, slug), files);
  git(slug, 'init', '--quiet');
  git(slug, 'add', '--all');
  git(slug, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '--quiet', '--message', 'Publish');
  return git(slug, 'rev-parse', 'HEAD');
}

const git = (slug: string, ...words: string[]): string =>
  execFileSync('git', ['-C', join(clones, slug), ...words], { encoding: 'utf8' }).trim();
