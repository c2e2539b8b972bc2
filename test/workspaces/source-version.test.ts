/** @needs git */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { copySource, readSourceVersion } from '../../src/workspaces/index.js';
import { describeSource } from '../../src/workspaces/source-version.js';
import { temporaryDirectory, temporarySolution } from '../support/temporary.js';

test('the last tag with a number and the commits since then are what the source says', async () => {
  const source = temporarySolution({ 'app.py': '', 'part/other.py': '' });
  expect(await describeSource(source)).toBeNull();
  git(source, 'init', '--quiet');
  git(source, 'add', '--all');
  commit(source);
  expect(await describeSource(source)).toBeNull();
  git(source, 'tag', 'v2.0.1');
  commit(source);
  git(source, 'tag', 'latest');
  expect(await describeSource(source)).toEqual({ tag: 'v2.0.1', distance: 1 });
  expect(await describeSource(join(source, 'part'))).toEqual({ tag: 'v2.0.1', distance: 1 });
});

test('the copy remembers it', async () => {
  const source = temporarySolution({ 'app.py': '' });
  git(source, 'init', '--quiet');
  git(source, 'add', '--all');
  commit(source);
  git(source, 'tag', '1.0');
  const workspace = join(temporaryDirectory(), 'workspace');
  await copySource({ source, workspace });
  expect(await readSourceVersion(workspace)).toEqual({ tag: '1.0', distance: 0 });
});

const git = (directory: string, ...words: string[]) => execFileSync('git', ['-C', directory, ...words]);

const commit = (directory: string) =>
  git(
    directory,
    ...['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'],
    ...['commit', '--quiet', '--allow-empty', '--message', 'Change'],
  );
