/** @needs git */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { commitWorkspace } from '../../src/workspaces/commit-workspace.js';
import { copySource, ejectCode, ejectPatch, exportRevision } from '../../src/workspaces/index.js';
import { temporaryDirectory, temporarySolution, writeTree } from '../support/temporary-directories.js';

/** Creates a revision with a file that the software wrote next to its code, and a workspace that has changed since. */
async function makeAdapted(files: Record<string, string> = { 'app.py': 'x = 1\n', 'old.py': 'gone\n' }) {
  const root = temporaryDirectory();
  const workspace = join(root, 'workspace');
  const source = temporarySolution(files);
  await copySource({ source, workspace });
  writeTree(workspace, { 'app.py': 'x = 2\n', 'lib/new.py': 'y = 1\n' });
  rmSync(join(workspace, 'old.py'), { force: true });
  const { commit } = await commitWorkspace(workspace, 'Adapt');
  const code = join(root, 'r1', 'code');
  await exportRevision({ workspace, commit, directory: code });
  writeTree(code, { 'result.txt': 'written by the software' });
  writeTree(workspace, { 'app.py': 'x = 3\n' });
  return { root, source, workspace, code };
}

test('ejects a revision as it was verified, editable', async () => {
  const { workspace, code, root } = await makeAdapted();
  const target = join(root, 'new', 'place');
  expect(await ejectCode({ workspace, code, target })).toEqual({ path: target, missing: [] });
  expect(readdirSync(target, { recursive: true }).sort()).toEqual(['app.py', 'lib', 'lib/new.py']);
  expect(readFileSync(join(target, 'app.py'), 'utf8')).toBe('x = 2\n');
  expect(statSync(join(target, 'app.py')).mode & 0o200).toBe(0o200);
});

test('ejects the current workspace without a revision', async () => {
  const { workspace } = await makeAdapted();
  const target = temporaryDirectory();
  await ejectCode({ workspace, code: null, target });
  expect(readFileSync(join(target, 'app.py'), 'utf8')).toBe('x = 3\n');
});

test('does not touch a directory that is not empty', async () => {
  const { workspace } = await makeAdapted();
  const target = temporarySolution({ 'mine.txt': 'mine' });
  const refused = ejectCode({ workspace, code: null, target });
  await expect(refused).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('is not empty') });
  expect(readdirSync(target)).toEqual(['mine.txt']);
});

test('the patch turns the source into the revision, binary files included', async () => {
  const { workspace, code, source, root } = await makeAdapted({ 'app.py': 'x = 1\n', 'old.py': 'gone\n' });
  writeFileSync(join(workspace, 'data.bin'), Buffer.from([0, 1, 2, 255]));
  const target = join(root, 'change.patch');
  const { path } = await ejectPatch({ workspace, code: null, target, patchName: 'x.patch' });
  execFileSync('git', ['apply', path], { cwd: source });
  expect(readFileSync(join(source, 'app.py'), 'utf8')).toBe('x = 3\n');
  expect(readFileSync(join(source, 'data.bin'))).toEqual(Buffer.from([0, 1, 2, 255]));
  expect(existsSync(join(source, 'old.py'))).toBe(false);

  const named = await ejectPatch({ workspace, code, target: root, patchName: 'x.patch' });
  expect(named.path).toBe(join(root, 'x.patch'));
  expect(readFileSync(named.path, 'utf8')).toContain('+x = 2\n');
  const again = ejectPatch({ workspace, code, target: named.path, patchName: 'x.patch' });
  await expect(again).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('already exists') });
});

test('names files that are too large for a patch', async () => {
  const { workspace, root } = await makeAdapted();
  writeFileSync(join(workspace, 'model.bin'), '');
  truncateSync(join(workspace, 'model.bin'), 60_000_000);
  const request = { workspace, code: null, target: join(root, 'p.patch'), patchName: 'x.patch' };
  const { missing, path } = await ejectPatch(request);
  expect(missing).toEqual(['model.bin']);
  expect(readFileSync(path, 'utf8')).not.toContain('model.bin');
  const target = temporaryDirectory();
  await ejectCode({ workspace, code: null, target });
  expect(statSync(join(target, 'model.bin')).size).toBe(60_000_000);
});
