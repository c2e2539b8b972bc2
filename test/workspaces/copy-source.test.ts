/** @needs git */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../../src/home/package-root.js';
import { copySource } from '../../src/workspaces/copy-source.js';
import { digestTree } from '../../src/workspaces/digest-tree.js';
import { temporaryDirectory, temporarySolution, writeTree } from '../support/temporary-directories.js';

const newWorkspace = (): string => join(temporaryDirectory(), 'workspace');

/** Lists everything visible of a tree from outside, including times. */
const observe = (root: string): string =>
  (readdirSync(root, { recursive: true }) as string[])
    .sort()
    .map((path) => {
      const { mode, size, mtimeMs, ctimeMs, ino } = lstatSync(join(root, path));
      return [path, mode, size, mtimeMs, ctimeMs, ino].join(' ');
    })
    .join('\n');

test('copies and commits the files of the solution, and does not change the source', async () => {
  const source = temporarySolution({ 'app.py': 'x = 1\n', 'pkg/run.sh': 'true\n', '.env': 'KEY=1\n', 'a.pyc': '' });
  chmodSync(join(source, 'pkg/run.sh'), 0o755);
  symlinkSync('app.py', join(source, 'main.py'));
  const before = observe(source);
  const workspace = newWorkspace();

  const copied = await copySource({ source, workspace });

  expect(copied).toEqual({
    digest: await digestTree(source),
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    files: 3,
    bytes: 11,
    notes: [],
  });
  expect(await digestTree(workspace)).toBe(copied.digest);
  expect(readdirSync(workspace).sort()).toEqual(['app.py', 'main.py', 'pkg']);
  expect(readlinkSync(join(workspace, 'main.py'))).toBe('app.py');
  expect(statSync(join(workspace, 'pkg/run.sh')).mode & 0o100).toBe(0o100);
  expect(observe(source)).toBe(before);
});

test('commits content byte for byte, under Berth’s name, whatever attributes and configuration say', async () => {
  const names = ['-rf', 'a "quoted" name', 'new\nline', 'back\\slash', '日本語.py', 'git~1'];
  const source = temporarySolution({
    '.gitattributes': '* text=auto eol=crlf ident\n*.py filter=broken working-tree-encoding=UTF-16\n',
    'app.py': '# $Id$\r\nx = 1\n',
    ...Object.fromEntries(names.map((name) => [name, name])),
  });
  const workspace = newWorkspace();
  const configuration = join(temporaryDirectory(), 'gitconfig');
  writeFileSync(
    configuration,
    '[user]\n\tname = Someone\n[commit]\n\tgpgSign = true\n[core]\n\thooksPath = /nowhere\n',
  );
  process.env.GIT_CONFIG_GLOBAL = configuration;
  process.env.GIT_AUTHOR_NAME = 'Someone';
  try {
    const { commit } = await copySource({ source, workspace });
    const git = (...args: string[]) =>
      execFileSync('git', ['--git-dir', `${workspace}.git`, ...args], { encoding: 'utf8' });

    expect(git('show', `${commit}:app.py`)).toBe('# $Id$\r\nx = 1\n');
    expect(git('ls-tree', '-rz', '--name-only', commit).split('\0').filter(Boolean).sort()).toEqual(
      ['.gitattributes', 'app.py', ...names].sort(),
    );
    expect(git('log', '--format=%an %cn %ce')).toBe('Berth Berth berth@localhost\n');
    expect(git('fsck')).toBe('');
  } finally {
    delete process.env.GIT_CONFIG_GLOBAL;
    delete process.env.GIT_AUTHOR_NAME;
  }
});

test('makes read-only files writable for the agent, in the copy only', async () => {
  const source = temporarySolution({ 'app.py': 'x = 1\n' });
  chmodSync(join(source, 'app.py'), 0o444);
  const workspace = newWorkspace();

  await copySource({ source, workspace });

  expect(statSync(join(workspace, 'app.py')).mode & 0o200).toBe(0o200);
  expect(statSync(join(source, 'app.py')).mode & 0o777).toBe(0o444);
  expect(statSync(join(workspace, 'app.py')).nlink).toBe(1);
});

test('replaces an interrupted or earlier copy', async () => {
  const source = temporarySolution({ 'app.py': 'x = 1\n' });
  const workspace = newWorkspace();
  writeTree(`${workspace}.partial`, { 'half.py': '' });
  writeTree(`${workspace}.git`, { 'objects/pack/tmp_pack_1': 'torn' });

  const first = await copySource({ source, workspace });
  writeTree(workspace, { 'agent.py': '' });
  const second = await copySource({ source, workspace });

  expect(second.digest).toBe(first.digest);
  expect(readdirSync(workspace)).toEqual(['app.py']);
  expect(existsSync(`${workspace}.partial`)).toBe(false);
});

test('copies a large file, includes it in the digest, and notes that git does not hold it', async () => {
  const source = temporarySolution({ 'app.py': 'x = 1\n', 'model.bin': '' });
  truncateSync(join(source, 'model.bin'), 20 * 1024 * 1024);
  const workspace = newWorkspace();

  const { digest, notes } = await copySource({ source, workspace });

  expect(notes).toEqual(['model.bin (20.0 MiB) is too large for the workspace’s git']);
  expect(readFileSync(join(workspace, 'model.bin')).equals(readFileSync(join(source, 'model.bin')))).toBe(true);
  expect(digest).toBe(await digestTree(source));
  writeFileSync(join(source, 'model.bin'), 'x', { flag: 'r+' });
  expect(await digestTree(source)).not.toBe(digest);
});

test('returns a digest that depends on path, executable bit and content, not on times', async () => {
  const files = { 'a.py': 'x = 1\n', 'b/c.py': '' };
  const source = temporarySolution(files);
  const digest = await digestTree(source);

  expect(await digestTree(temporarySolution(files))).toBe(digest);
  expect(await digestTree(temporarySolution({ ...files, 'a.py': 'x = 2\n' }))).not.toBe(digest);
  expect(await digestTree(temporarySolution({ 'a.py': 'x = 1\n', 'b/d.py': '' }))).not.toBe(digest);
  chmodSync(join(source, 'a.py'), 0o755);
  expect(await digestTree(source)).not.toBe(digest);
});

test('refuses a directory without files to copy', async () => {
  const source = temporarySolution({ 'node_modules/x.js': '' });
  const workspace = newWorkspace();

  await expect(copySource({ source, workspace })).rejects.toMatchObject({ code: 'SOURCE_EMPTY' });
  expect(existsSync(workspace)).toBe(false);
});

test('names the path that cannot be written in the home', async () => {
  const source = temporarySolution({ 'app.py': '' });
  const workspace = join(source, 'app.py', 'workspace');

  await expect(copySource({ source, workspace })).rejects.toMatchObject({
    code: 'HOME_UNUSABLE',
    message: `cannot use ${workspace}: a part of the path is a file`,
  });
});

test('reports missing git', async () => {
  const source = temporarySolution({ 'app.py': '' });
  const before = process.env.PATH;
  process.env.PATH = source;
  try {
    await expect(copySource({ source, workspace: newWorkspace() })).rejects.toMatchObject({ code: 'TOOL_MISSING' });
  } finally {
    process.env.PATH = before;
  }
});

test('hundreds of files that git accepts more slowly than they are read cause no warning', () => {
  const content = 'x'.repeat(300_000);
  const source = temporarySolution(
    Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`${n}.txt`, content + n])),
  );
  const jiti = join(packageRoot, 'node_modules', 'jiti', 'lib', 'jiti-cli.mjs');
  const script = join(packageRoot, 'test', 'workspaces', 'copy-in-process.ts');
  const { NODE_OPTIONS: _, ...env } = process.env; // this run's own
  const argv = [jiti, script, source, newWorkspace()];
  const { status, stderr } = spawnSync(process.execPath, argv, { env, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
