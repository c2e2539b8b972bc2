import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { useTool } from '../../src/agents/openai-tools.js';
import { WorkspaceFiles } from '../../src/agents/workspace-files.js';
import { temporaryDirectory, temporarySolution } from '../support/temporary-directories.js';

const outside = temporaryDirectory('berth-outside-');
const root = temporarySolution({ 'app.py': 'one\ntwo\n', 'lib/deep.py': 'two\n', '.git/config': 'x' });
symlinkSync(outside, join(root, 'way-out'));
symlinkSync(join(outside, 'not-yet'), join(root, 'dangling'));
mkdirSync(join(root, 'empty'));

const files = new WorkspaceFiles(root);
const use = (name: string, input: object): Promise<string> =>
  useTool(name, JSON.stringify(input), { files, note: () => undefined, runCommand: async () => 'exit code 0' });

test('tools list, read, search, write and edit files', async () => {
  expect(await use('list_files', {})).toBe('app.py\nlib/deep.py');
  expect(await use('read_file', { path: 'app.py', from_line: 1, lines: 1 })).toBe('one\n(2 more lines)');
  expect(await use('search', { pattern: '^tw.$' })).toBe('app.py:2: two\nlib/deep.py:1: two');
  expect(await use('write_file', { path: 'new/file.py', content: 'x = 1\n' })).toBe('written');
  expect(await use('edit_file', { path: 'new/file.py', before: '1', after: '$& 2' })).toBe('replaced');
  expect(readFileSync(join(root, 'new', 'file.py'), 'utf8')).toBe('x = $& 2\n');
});

test.each(['../x', '/etc/passwd', 'way-out/x', 'dangling', 'lib/../../x'])(
  'the path %s outside the workspace is refused',
  async (path) => {
    expect(await use('write_file', { path, content: 'x' })).toMatch(
      /^error: .*(outside the workspace|cannot be resolved)/,
    );
    expect(await use('read_file', { path })).toMatch(/^error: /);
  },
);

test('mistakes of the model are answers to the model', async () => {
  expect(await use('edit_file', { path: 'app.py', before: 'nowhere', after: '' })).toContain('occurs 0 times');
  expect(await use('read_file', { path: 'missing.py' })).toMatch(/^error: ENOENT/);
  expect(await use('search', { pattern: '(' })).toContain('not a regular expression');
  expect(await use('fly', {})).toContain('unknown tool fly');
  expect(await use('read_file', { file: 'app.py' })).toContain('path');
  expect(await useTool('read_file', '{', { files, note: () => undefined, runCommand: async () => '' })).toContain(
    'not JSON',
  );
});
