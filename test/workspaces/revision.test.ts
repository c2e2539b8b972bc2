/** @needs git */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { commitWorkspace } from '../../src/workspaces/commit-workspace.js';
import { copySource } from '../../src/workspaces/copy-source.js';
import { diffWorkspace } from '../../src/workspaces/diff-workspace.js';
import { digestTree } from '../../src/workspaces/digest-tree.js';
import { exportRevision } from '../../src/workspaces/export-revision.js';
import { temporaryDirectory, temporarySolution, writeTree } from '../support/temporary-directories.js';

async function copiedWorkspace(files: Record<string, string>) {
  const root = temporaryDirectory();
  const workspace = join(root, 'workspace');
  const copied = await copySource({ source: temporarySolution(files), workspace });
  return { workspace, directory: join(root, 'revisions', 'r1', 'code'), ...copied };
}

test('returns the source commit if nothing changed', async () => {
  const { workspace, commit } = await copiedWorkspace({ 'app.py': 'x = 1\n' });

  expect(await commitWorkspace(workspace, 'Adapt')).toEqual({ commit, filesChanged: [] });
  expect(await diffWorkspace(workspace)).toBe('');
});

test('commits added, changed and removed files, relative to the source', async () => {
  const { workspace } = await copiedWorkspace({ 'app.py': 'x = 1\n', 'old.py': '', 'same.py': '' });
  writeTree(workspace, { 'app.py': 'x = 2\n', 'new "entry".py': 'y = 1\n', '.venv/pyvenv.cfg': '' });
  rmSync(join(workspace, 'old.py'));

  const first = await commitWorkspace(workspace, 'Adapt');
  const again = await commitWorkspace(workspace, 'Adapt');
  writeTree(workspace, { 'later.py': '' });
  const second = await commitWorkspace(workspace, 'Adapt once more');

  expect(first.filesChanged).toEqual(['app.py', 'new "entry".py', 'old.py']);
  expect(again).toEqual(first);
  expect(second.filesChanged).toEqual(['app.py', 'later.py', 'new "entry".py', 'old.py']);
});

test('shows committed and uncommitted changes as one diff from the source', async () => {
  const { workspace } = await copiedWorkspace({ 'app.py': 'x = 1\n', 'other.py': 'y = 1\n' });
  writeTree(workspace, { 'app.py': 'x = 2\n' });
  await commitWorkspace(workspace, 'Adapt');
  writeTree(workspace, { 'other.py': 'y = 2\n' });

  const diff = await diffWorkspace(workspace);

  expect(diff).toContain('--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n');
  expect(diff).toContain('-y = 1\n+y = 2\n');
  expect(await diffWorkspace(workspace)).toBe(diff);
});

test('ignores git repositories that an agent creates in the workspace', async () => {
  const { workspace, commit } = await copiedWorkspace({ 'app.py': 'x = 1\n' });
  writeTree(workspace, { 'app.py': 'x = 2\n', 'vendor/lib.py': 'y = 1\n' });
  const identity = ['-c', 'user.name=Agent', '-c', 'user.email=agent@localhost'];
  for (const directory of [workspace, join(workspace, 'vendor')]) {
    execFileSync('git', ['init', '-q'], { cwd: directory });
    execFileSync('git', [...identity, 'commit', '-q', '--allow-empty', '-m', 'Mine'], { cwd: directory });
  }

  const adapted = await commitWorkspace(workspace, 'Adapt');

  expect(adapted.commit).not.toBe(commit);
  expect(adapted.filesChanged).toEqual(['app.py', 'vendor/lib.py']);
});

test('reports a link that leaves the workspace as a failure of the adaptation', async () => {
  const { workspace } = await copiedWorkspace({ 'app.py': '' });
  symlinkSync('/etc', join(workspace, 'etc'));

  await expect(commitWorkspace(workspace, 'Adapt')).rejects.toMatchObject({ code: 'ADAPTATION_FAILED' });
});

test('refuses a workspace that was never copied', async () => {
  await expect(commitWorkspace(join(temporaryDirectory(), 'workspace'), 'Adapt')).rejects.toMatchObject({
    code: 'STATE_CONFLICT',
  });
});

test('exports a commit unchanged, read-only, without git, and reproducibly', async () => {
  const { workspace, directory } = await copiedWorkspace({ '.gitattributes': '* eol=crlf\n', 'pkg/app.py': 'x = 1\n' });
  symlinkSync('pkg/app.py', join(workspace, 'main.py'));
  const { commit } = await commitWorkspace(workspace, 'Adapt');
  const digest = await digestTree(workspace);
  writeTree(workspace, { 'pkg/app.py': 'x = 3\n', 'later.py': '' });
  writeTree(`${directory}.partial`, { 'half.py': '' });

  for (const _ of ['first', 'second']) {
    expect(await exportRevision({ workspace, commit, directory })).toEqual({ digest });
    expect(await digestTree(directory)).toBe(digest);
    expect(readFileSync(join(directory, 'pkg/app.py'), 'utf8')).toBe('x = 1\n');
    expect(statSync(join(directory, 'pkg/app.py')).mode & 0o777).toBe(0o444);
    expect(readdirSync(directory).sort()).toEqual(['.gitattributes', 'main.py', 'pkg']);
    expect(readdirSync(join(directory, '..')).sort()).toEqual(['code', 'code.commit']);
  }
});

test('exports large files, too, and refuses one that has changed since', async () => {
  const root = temporaryDirectory();
  const workspace = join(root, 'workspace');
  const directory = join(root, 'code');
  const source = temporarySolution({ 'app.py': '', 'model.bin': 'weights' });
  truncateSync(join(source, 'model.bin'), 17 * 1024 * 1024);
  const { commit, digest } = await copySource({ source, workspace });

  await exportRevision({ workspace, commit, directory });

  expect(readFileSync(join(directory, 'model.bin')).equals(readFileSync(join(source, 'model.bin')))).toBe(true);
  expect(await digestTree(directory)).toBe(digest);
  writeFileSync(join(workspace, 'model.bin'), 'x', { flag: 'r+' });
  expect((await commitWorkspace(workspace, 'Adapt')).filesChanged).toEqual(['model.bin']);
  await expect(exportRevision({ workspace, commit, directory })).rejects.toMatchObject({ code: 'STATE_CONFLICT' });
  expect(await digestTree(directory)).toBe(digest);
});

test('refuses a commit that the workspace does not have', async () => {
  const { workspace, directory } = await copiedWorkspace({ 'app.py': '' });

  await expect(exportRevision({ workspace, commit: 'f'.repeat(40), directory })).rejects.toMatchObject({
    code: 'STATE_CONFLICT',
  });
  expect(existsSync(directory)).toBe(false);
});

test('copy, commits and revisions include ignored files that git tracks', async () => {
  const source = temporarySolution({
    '.gitignore': '*.pkl\nout/\n',
    'app.py': '',
    'model.pkl': 'weights',
    'out/x.bin': 'x',
  });
  execFileSync('git', ['init', '-q'], { cwd: source });
  execFileSync('git', ['add', '-f', 'app.py', 'model.pkl', 'out/x.bin'], { cwd: source });
  const root = temporaryDirectory();
  const [workspace, directory] = [join(root, 'workspace'), join(root, 'revisions', 'r1', 'code')];
  const { digest, files } = await copySource({ source, workspace });
  expect(files).toBe(4);
  expect(await digestTree(source)).toBe(digest);

  writeTree(workspace, { 'app.py': 'x = 1\n', 'other.pkl': 'made by the software' });
  const { commit, filesChanged } = await commitWorkspace(workspace, 'Adapt');
  expect(filesChanged).toEqual(['app.py']);
  await exportRevision({ workspace, commit, directory });
  expect(readFileSync(join(directory, 'model.pkl'), 'utf8')).toBe('weights');
  expect(statSync(join(directory, 'out/x.bin')).mode & 0o777).toBe(0o444);
  expect(existsSync(join(directory, 'other.pkl'))).toBe(false);
});
