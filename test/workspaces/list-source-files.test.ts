/** @needs git */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { listSourceFiles } from '../../src/workspaces/list-source-files.js';
import { temporaryDirectory, temporarySolution, writeTree } from '../support/temporary-directories.js';

const listPaths = async (source: string): Promise<string[]> => (await listSourceFiles(source)).map(({ path }) => path);

test('lists files sorted, with size and mode', async () => {
  const source = temporarySolution({ 'b.py': 'x = 1\n', 'a/run.sh': 'true\n' });
  chmodSync(join(source, 'a/run.sh'), 0o755);
  chmodSync(join(source, 'b.py'), 0o644);

  expect(await listSourceFiles(source)).toEqual([
    { path: 'a/run.sh', bytes: 5, mode: 0o755, kind: 'file' },
    { path: 'b.py', bytes: 6, mode: 0o644, kind: 'file' },
  ]);
});

test('excludes histories, environments, caches and secrets, whatever the ignore files say', async () => {
  const source = temporarySolution({
    'app.py': '',
    '.env.example': 'KEY=\n',
    '.env': 'KEY=secret\n',
    '.env.local': 'KEY=secret\n',
    '.git/HEAD': 'ref: refs/heads/main\n',
    'vendor/.git': 'gitdir: elsewhere\n',
    'my-environment/pyvenv.cfg': 'home = /usr\n',
    'my-environment/lib/module.py': '',
    'pkg/__pycache__/a.cpython-311.pyc': '',
    'pkg/old.pyc': '',
    'web/node_modules/x/index.js': '',
    '.pytest_cache/README.md': '',
    'notes/.ipynb_checkpoints/a.ipynb': '',
    '.langgraph_api/store.pckl': '',
    '.berthignore': '!.env\n!**/\n',
  });

  expect(await listPaths(source)).toEqual(['.berthignore', '.env.example', 'app.py']);
});

test('reads nested ignore files like git', async () => {
  const source = temporarySolution({
    '.gitignore': '*.log\n/data/\nbuild/\nDraft.md\n',
    'keep.py': '',
    'a.log': '',
    'draft.md': '',
    'data/set.csv': '',
    'sub/data/set.csv': '',
    'sub/.gitignore': '!important.log\n!build/\n/local.py\n',
    'sub/important.log': '',
    'sub/other.log': '',
    'sub/local.py': '',
    'sub/deep/local.py': '',
    'sub/build/made.py': '',
    'other/build/made.py': '',
  });
  execFileSync('git', ['init', '-q'], { cwd: source });
  const git = execFileSync('git', ['ls-files', '-coz', '--exclude-standard'], { cwd: source, encoding: 'utf8' });

  expect(await listPaths(source)).toEqual(git.split('\0').filter(Boolean).sort());
});

test('lets .berthignore overrule .gitignore', async () => {
  const source = temporarySolution({
    '.gitignore': '*.bin\n',
    '.berthignore': '!model.bin\ndocs/\n',
    'model.bin': '',
    'other.bin': '',
    'docs/index.md': '',
  });

  expect(await listPaths(source)).toEqual(['.berthignore', '.gitignore', 'model.bin']);
});

test('accepts names that need quotes', async () => {
  const names = ['-rf', 'a "quoted" name', 'ein Leerzeichen.py', 'new\nline', 'back\\slash', '日本語.py'];
  const source = temporarySolution(Object.fromEntries(names.map((name) => [name, ''])));

  expect(await listPaths(source)).toEqual([...names].sort());
});

test('refuses a link that leaves the tree, naming link and target', async () => {
  const source = temporarySolution({ 'app.py': '' });
  symlinkSync('/etc/hostname', join(source, 'host'));

  await expect(listSourceFiles(source)).rejects.toMatchObject({
    code: 'SOURCE_UNSAFE',
    message: expect.stringMatching(/host .*\/etc\/hostname/),
    details: { link: 'host', target: '/etc/hostname' },
  });
});

test('leaves out a dangling link out of the tree, with a note', async () => {
  const source = temporarySolution({ 'app.py': '' });
  const outside = temporaryDirectory('berth-outside-');
  symlinkSync('/home/author/data', join(source, 'data'));
  symlinkSync('gone', join(outside, 'link'));
  symlinkSync(join(outside, 'link'), join(source, 'model'));

  const notes: string[] = [];
  const files = await listSourceFiles(source, { onNote: (note) => notes.push(note) });
  expect(files.map(({ path }) => path)).toEqual(['app.py']);
  expect(notes.sort()).toEqual([
    'left out data: it is a link to /home/author/data, which does not exist',
    `left out model: it is a link to ${outside}/link, which does not exist`,
  ]);
});

test('the rule that the message proposes excludes a refused link', async () => {
  const source = temporarySolution({ 'app.py': '' });
  mkdirSync(join(source, 'deep'));
  symlinkSync('/etc', join(source, 'deep/host [1]'));
  const message = await listPaths(source).then(String, ({ message }: Error) => message);
  const [, rule = ''] = /add “(.*?)” to .berthignore/.exec(message) ?? [];
  writeFileSync(join(source, '.berthignore'), `${rule}\n`);
  expect(await listPaths(source)).toEqual(['.berthignore', 'app.py']);
});

test('refuses a link that leaves the tree through another link', async () => {
  const source = temporarySolution({ 'app.py': '', '.venv/pyvenv.cfg': '' });
  symlinkSync('/etc/hostname', join(source, '.venv/python'));
  symlinkSync('.venv/python', join(source, 'python'));

  await expect(listSourceFiles(source)).rejects.toMatchObject({ code: 'SOURCE_UNSAFE' });
});

test('treats a link to a file in another part of the git repository as that file', async () => {
  const repository = temporarySolution({ 'README.md': '# Both\n', 'shared/x.py': '', 'python/app.py': '' });
  execFileSync('git', ['init', '--quiet', repository]);
  const source = join(repository, 'python');
  symlinkSync('../README.md', join(source, 'README.md'));
  symlinkSync('../shared', join(source, 'shared'));
  chmodSync(join(repository, 'README.md'), 0o644);

  const notes: string[] = [];
  const files = await listSourceFiles(source, { onNote: (note) => notes.push(note) });
  expect(files.map(({ path }) => path)).toEqual(['README.md', 'app.py']);
  expect(files[0]).toEqual({ path: 'README.md', bytes: 7, mode: 0o644, kind: 'file' });
  expect(notes).toEqual([
    'left out shared: it is a link out of the deployed directory to something other than a readable file',
  ]);
  symlinkSync('/etc/hostname', join(source, 'host'));
  await expect(listSourceFiles(source)).rejects.toMatchObject({ code: 'SOURCE_UNSAFE' });
});

test('keeps links within the tree, and makes absolute ones relative', async () => {
  const source = temporarySolution({ 'data/set.csv': '1\n', 'pkg/app.py': '' });
  symlinkSync(join(source, 'data/set.csv'), join(source, 'pkg/set.csv'));
  symlinkSync('data', join(source, 'latest'));
  symlinkSync('not-there', join(source, 'dangling'));

  const links = (await listSourceFiles(source)).filter(({ kind }) => kind === 'link');

  expect(links.map(({ path, target }) => [path, target])).toEqual([
    ['dangling', 'not-there'],
    ['latest', 'data'],
    ['pkg/set.csv', '../data/set.csv'],
  ]);
});

test('skips what is neither file nor directory, with a note', async () => {
  const source = temporarySolution({ 'app.py': '' });
  execFileSync('mkfifo', [join(source, 'pipe')]);
  const notes: string[] = [];

  const files = await listSourceFiles(source, { onNote: (note) => notes.push(note) });

  expect(files.map(({ path }) => path)).toEqual(['app.py']);
  expect(notes).toEqual(['left out pipe: it is neither a file nor a directory']);
});

test('excludes a Berth home in the repository', async () => {
  const source = temporarySolution({ 'app.py': '', 'home/deployments/x/workspace/app.py': '' });
  const before = process.env.BERTH_HOME;
  process.env.BERTH_HOME = join(source, 'home');
  try {
    expect(await listPaths(source)).toEqual(['app.py']);
  } finally {
    if (before === undefined) delete process.env.BERTH_HOME;
    else process.env.BERTH_HOME = before;
  }
});

test('refuses a path that is missing or a file', async () => {
  const directory = temporaryDirectory();
  writeTree(directory, { 'app.py': '' });

  await expect(listSourceFiles(join(directory, 'missing'))).rejects.toMatchObject({
    code: 'SOURCE_NOT_FOUND',
    message: `${join(directory, 'missing')} does not exist`,
  });
  await expect(listSourceFiles(join(directory, 'app.py'))).rejects.toMatchObject({
    code: 'SOURCE_NOT_FOUND',
    message: `${join(directory, 'app.py')} is not a directory`,
  });
});

test('lists 10,000 files', async () => {
  const source = temporaryDirectory();
  for (let directory = 0; directory < 100; directory++) {
    mkdirSync(join(source, `d${directory}`));
    for (let file = 0; file < 100; file++) writeFileSync(join(source, `d${directory}`, `f${file}.py`), '');
  }
  expect(await listSourceFiles(source)).toHaveLength(10_000);
});

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], { cwd, encoding: 'utf8' });

test('includes files that git tracks although a .gitignore matches them', async () => {
  const source = temporarySolution({
    '.gitignore': '*.pkl\nbuild/\n.env\n*.csv\n',
    '.berthignore': 'secret.pkl\n',
    'model.pkl': 'tracked',
    'other.pkl': 'untracked',
    'secret.pkl': 'tracked',
    'gone.pkl': 'tracked',
    'build/made/x.bin': 'tracked',
    'build/y.bin': 'untracked',
    '.env': 'KEY=tracked',
    'node_modules/x.csv': 'tracked',
    'app.py': '',
    'sub/data.csv': 'tracked',
  });
  const tracked = [
    'model.pkl',
    'secret.pkl',
    'gone.pkl',
    'build/made/x.bin',
    '.env',
    'node_modules/x.csv',
    'sub/data.csv',
  ];
  git(source, 'init', '-q');
  git(source, 'add', '-f', 'app.py', ...tracked);
  rmSync(join(source, 'gone.pkl'));

  const files = await listSourceFiles(source);
  expect(files.map(({ path }) => path)).toEqual([
    '.berthignore',
    '.gitignore',
    'app.py',
    'build/made/x.bin',
    'model.pkl',
    'sub/data.csv',
  ]);
  expect(files.filter(({ isTracked }) => isTracked)).toHaveLength(3);
  expect(await listPaths(join(source, 'sub'))).toEqual(['data.csv']);
});

test('runs nothing that a hostile git configuration names, and ignores a broken one', async () => {
  const source = temporarySolution({ '.gitignore': '*.pkl\n', 'model.pkl': '', 'app.py': '' });
  git(source, 'init', '-q');
  git(source, 'add', '-f', 'model.pkl');
  const ran = join(source, 'ran');
  writeFileSync(join(source, 'run.sh'), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
  git(source, 'config', 'core.fsmonitor', join(source, 'run.sh'));
  git(source, 'config', 'core.hooksPath', source);
  git(source, 'config', 'core.excludesFile', '/dev/zero');
  expect(await listPaths(source)).toContain('model.pkl');
  expect(existsSync(ran)).toBe(false);
  writeFileSync(join(source, '.git/config'), '[broken\n');
  expect(await listPaths(source)).not.toContain('model.pkl');
});

test('reads a worktree with .git as a file', async () => {
  const source = temporarySolution({ '.gitignore': '*.pkl\n', 'model.pkl': 'x' });
  git(source, 'init', '-q');
  git(source, 'add', '-f', '.gitignore', 'model.pkl');
  git(source, 'commit', '-q', '-m', 'x');
  const other = join(temporaryDirectory(), 'other');
  git(source, 'worktree', 'add', '-q', other);
  expect(await listPaths(other)).toEqual(['.gitignore', 'model.pkl']);
});

test('leaves out unreadable files, with a note', async () => {
  const source = temporarySolution({ 'app.py': '', 'closed.py': '', 'data/x.csv': '', 'data/y.csv': '' });
  chmodSync(source, 0o755);
  for (const path of ['closed.py', 'data']) chmodSync(join(source, path), 0);
  const notes: string[] = [];
  const paths = await asNobody(async () => {
    return (await listSourceFiles(source, { onNote: (note) => notes.push(note) })).map(({ path }) => path);
  });
  expect(paths).toEqual(['app.py']);
  expect(notes.sort()).toEqual([
    'left out closed.py: it cannot be read (EACCES)',
    'left out data: it cannot be read (EACCES)',
  ]);
});

/** Root may read everything, so the test becomes another user. */
async function asNobody<Result>(task: () => Promise<Result>): Promise<Result> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    return await task();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

test('is not slowed down by link loops, hostile patterns and large ignore files', async () => {
  const source = temporarySolution({
    '.gitignore': `${'*a'.repeat(40)}b\n${Array.from({ length: 5000 }, (_, index) => `x${index}`).join('\n')}\nlast\n`,
    'deep/.gitignore': `#${'x'.repeat(300_000)}\n`,
    [`${'a'.repeat(200)}`]: '',
    x1: '',
    'deep/x': '',
  });
  symlinkSync('loop', join(source, 'loop'));
  symlinkSync('.', join(source, 'self'));
  symlinkSync('..', join(source, 'deep/up'));
  const notes: string[] = [];
  const began = performance.now();
  const files = await listSourceFiles(source, { onNote: (note) => notes.push(note) });
  expect(performance.now() - began).toBeLessThan(5000);
  expect(files.map(({ path }) => path)).toEqual([
    '.gitignore',
    'a'.repeat(200),
    'deep/.gitignore',
    'deep/up',
    'deep/x',
    'loop',
    'self',
  ]);
  expect(notes).toEqual([
    '.gitignore: 3003 patterns are not applied, because matching them takes too long',
    'deep/.gitignore is ignored: it is larger than 200000 bytes',
  ]);
});
