/** @needs python3 uv git */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Environment } from '../../src/contract/revision.js';
import { Environments, type PrepareRequest } from '../../src/environments/index.js';
import { startPackageIndex } from '../support/package-index.js';
import { temporaryDirectory, temporaryHome, temporarySolution, writeTree } from '../support/temporary-directories.js';
import { someFacts } from './some-facts.js';

// Sources of packages in requirement files, and the files that may be installed from them.

const home = temporaryHome();
const environments = new Environments(home);

const prepare = (files: Record<string, string>, request: Partial<PrepareRequest> = {}): Promise<Environment> =>
  environments.prepare({
    directory: temporarySolution(files),
    facts: someFacts(),
    packageDirectory: join(temporaryDirectory(), 'package'),
    ...request,
  });

const versionOf = ({ python, packageDirectory }: Environment, name: string): string =>
  execFileSync(python, ['-c', `import ${name}; print(${name}.__version__)`], {
    encoding: 'utf8',
    env: { PYTHONPATH: packageDirectory ?? '' },
  }).trim();

/** Reads all files that Berth stores as one text. */
const readStored = (directory: string): string =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(json|toml|txt|cfg)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');

const wheels = [
  { name: 'alpha', version: '1.0', requires: ['beta'] },
  { name: 'alpha', version: '2.0' },
  { name: 'beta', version: '1.0' },
];

test('a wrong hash is refused, and the right one is accepted', async () => {
  const index = await startPackageIndex(wheels);
  const line = (hash: string) => `--index-url ${index.url}\nbeta==1.0 --hash=${hash}\n`;
  await expect(prepare({ 'requirements.txt': line(`sha256:${'0'.repeat(64)}`) })).rejects.toMatchObject({
    code: 'DEPENDENCY_INSTALL',
    message: expect.stringContaining('Hash mismatch for `beta==1.0`'),
  });
  for (const algorithm of ['sha256', 'sha512']) {
    const hash = `${algorithm}:${index.hashOf('beta', '1.0', algorithm)}`;
    expect(versionOf(await prepare({ 'requirements.txt': line(hash) }), 'beta')).toBe('1.0');
  }
});

test('one hash requires hashes and exact versions everywhere', async () => {
  const index = await startPackageIndex(wheels);
  const hash = (name: string, version: string) => `--hash=sha256:${index.hashOf(name, version)}`;
  const prepareLines = (lines: string) => prepare({ 'requirements.txt': `--index-url ${index.url}\n${lines}\n` });
  const expected = (message: RegExp) => ({
    code: 'DEPENDENCY_UNRESOLVED',
    message: expect.stringMatching(message),
  });
  await expect(prepareLines(`beta==1.0 ${hash('beta', '1.0')}\nalpha==2.0`)).rejects.toMatchObject(
    expected(/alpha==2\.0/),
  );
  await expect(prepareLines(`beta>=1.0 ${hash('beta', '1.0')}`)).rejects.toMatchObject(expected(/pinned.*beta>=1\.0/));
  await expect(prepareLines(`alpha==1.0 ${hash('alpha', '1.0')}`)).rejects.toMatchObject(expected(/`beta`/));
  await expect(prepareLines('--require-hashes\nbeta==1.0')).rejects.toMatchObject(expected(/beta==1\.0/));

  const lines = `--index-url ${index.url}\nalpha==1.0 ${hash('alpha', '1.0')}\nbeta==1.0 ${hash('beta', '1.0')} ; python_version > "3"\n`;
  const environment = await prepare({ 'requirements.txt': lines.replace(/(--hash\S+) (;.*)/, '$2 $1') });
  expect([versionOf(environment, 'alpha'), versionOf(environment, 'beta')]).toEqual(['1.0', '1.0']);
});

test('a strategy’s packages need no hashes, and keep the versions of a list with hashes', async () => {
  const index = await startPackageIndex([
    ...wheels,
    { name: 'server', version: '3', requires: ['beta', 'gamma'] },
    { name: 'gamma', version: '1' },
    { name: 'beta', version: '4' },
  ]);
  const files = {
    'requirements.txt': `--index-url ${index.url}\nbeta==1.0 --hash=sha256:${index.hashOf('beta', '1.0')}\n`,
  };
  const environment = await prepare(files, { strategyRequirements: ['server'] });
  expect(['beta', 'gamma', 'server'].map((name) => versionOf(environment, name))).toEqual(['1.0', '1', '3']);
});

test('an older version on another index is found, as with pip, with a note', async () => {
  const main = await startPackageIndex([{ name: 'alpha', version: '2.0' }]);
  const further = await startPackageIndex([{ name: 'alpha', version: '1.0' }]);
  const files = { 'requirements.txt': `-i ${main.url}\n--extra-index-url ${further.url}\nalpha==1.0\n` };
  const environment = await prepare(files);
  expect(versionOf(environment, 'alpha')).toBe('1.0');
  expect(environment.notes).toEqual([
    expect.stringMatching(/^requirements\.txt names another package index\. As with pip/),
  ]);
  expect((await prepare(files)).notes).toEqual(environment.notes);
  const files2 = { 'requirements.txt': `-i ${further.url}\n--extra-index-url ${main.url}\nalpha\n` };
  expect(versionOf(await prepare(files2), 'alpha')).toBe('2.0');
});

test('--find-links, --no-index and --pre have an effect', async () => {
  const index = await startPackageIndex([...wheels, { name: 'alpha', version: '3.0b1' }]);
  const lines = `--no-index\n--find-links ${index.directory}\n--pre\nalpha\n`;
  expect(versionOf(await prepare({ 'requirements.txt': lines }), 'alpha')).toBe('3.0b1');
  expect(index.requests).toEqual([]);
});

test('wheels in the repository are installed from each of its copies', async () => {
  const { directory } = await startPackageIndex([{ name: 'alpha', version: '7.0' }]);
  const wheel = readFileSync(join(directory, 'alpha-7.0-py3-none-any.whl'), 'latin1');
  const files = { 'requirements.txt': '--no-index\n--find-links vendor\nalpha\n' };
  const copies = [temporarySolution(files), temporarySolution(files)];
  const prepared = [];
  for (const copy of copies) {
    execFileSync('mkdir', [join(copy, 'vendor')]);
    execFileSync('cp', [join(directory, 'alpha-7.0-py3-none-any.whl'), join(copy, 'vendor')]);
    prepared.push(await prepare({}, { directory: copy }));
  }
  expect(wheel).not.toBe('');
  expect(prepared.map((environment) => versionOf(environment, 'alpha'))).toEqual(['7.0', '7.0']);
  expect(prepared[1]?.digest).toBe(prepared[0]?.digest);
});

test('variables in URLs come from the deployment alone and are not stored', async () => {
  const index = await startPackageIndex(wheels, { password: 'hunter2-of-the-index' });
  const address = index.url.replace('://', `://reader:\${${'INDEX_PASSWORD'}}@`);
  const file = `${address.replace('/simple', '/files')}/beta-1.0-py3-none-any.whl`;
  const files = { 'requirements.txt': `--index-url ${address}\nalpha==2.0\nbeta @ ${file}\n` };
  process.env.INDEX_PASSWORD = 'hunter2-of-the-index';
  try {
    await expect(prepare(files)).rejects.toMatchObject({
      code: 'ENV_MISSING',
      message: 'requirements.txt:1 names the variable INDEX_PASSWORD, which is not set for the deployment',
      details: { variable: 'INDEX_PASSWORD' },
    });
  } finally {
    delete process.env.INDEX_PASSWORD;
  }
  const env = { INDEX_PASSWORD: 'hunter2-of-the-index' };
  const environment = await prepare(files, { env });
  expect([versionOf(environment, 'alpha'), versionOf(environment, 'beta')]).toEqual(['2.0', '1.0']);
  expect(readStored(home.root)).not.toContain('hunter2');

  const wrong = await prepare(files, { env: { INDEX_PASSWORD: 'wrong-password' }, isFresh: true }).catch(
    (error) => error,
  );
  expect(wrong).toMatchObject({ code: 'DEPENDENCY_UNRESOLVED' });
  expect(JSON.stringify(wrong.toRecord())).not.toContain('wrong-password');
});

const wheelsVariable = `\${${'WHEELS'}}`;
const wheelName = 'alpha-7.0-py3-none-any.whl';

test.each([
  ['a requirement', `alpha @ ${wheelsVariable}/${wheelName}`],
  ['a requirement with a file URL', `alpha @ file://${wheelsVariable}/${wheelName}`],
  ['a bare path', `${wheelsVariable}/${wheelName}`],
  ['--find-links', `--find-links ${wheelsVariable}\nalpha==7.0`],
  ['an editable project', `-e ${wheelsVariable}/project`],
  ['a project by path', `alpha @ ${wheelsVariable}/project`],
])('%s may take an absolute path from a variable', async (_, lines) => {
  const { directory } = await startPackageIndex([{ name: 'alpha', version: '7.0' }]);
  writeTree(directory, {
    'project/pyproject.toml':
      '[project]\nname = "alpha"\nversion = "7"\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
    'project/alpha.py': '__version__ = "7.0"\n',
  });
  const list = { 'requirements.txt': `${lines}\n` };
  const ownPackage = { 'setup.py': 'from setuptools import setup\nsetup(name="own", version="1")\n' };
  for (const files of [list, { ...list, ...ownPackage }]) {
    const environment = await prepare(files, { env: { WHEELS: directory } });
    expect(versionOf(environment, 'alpha')).toBe('7.0');
  }
});

test('a requirement in git is installed from its directory and commit', async () => {
  const repository = temporarySolution({
    'sub/pyproject.toml':
      '[project]\nname = "x"\nversion = "1"\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
    'sub/x.py': '__version__ = "from git"\n',
  });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      cwd: repository,
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'one');
  const commit = git('rev-parse', 'HEAD');
  const line = `-e git+file://${repository}@${commit}#egg=x&subdirectory=sub\n`;
  expect(versionOf(await prepare({ 'requirements.txt': line }), 'x')).toBe('from git');
});
