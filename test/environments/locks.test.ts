/** @needs python3 uv */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import type { Environment } from '../../src/contract/revision.js';
import { Environments, type PrepareRequest } from '../../src/environments/index.js';
import { type PackageIndex, startPackageIndex } from '../support/package-index.js';
import { temporaryDirectory, temporaryHome, temporarySolution } from '../support/temporary-directories.js';
import { someFacts } from './some-facts.js';

// Lock files of repositories: their pins stay, and notes name what they lack.

/** Asynchronous, because the package index runs in this process. */
const run = promisify(execFile);

const environments = new Environments(temporaryHome());

const prepare = (directory: string, request: Partial<PrepareRequest> = {}): Promise<Environment> =>
  environments.prepare({
    directory,
    facts: someFacts(),
    packageDirectory: join(temporaryDirectory(), 'package'),
    ...request,
  });

const listVersions = ({ python }: Environment, names: string[]): string[] =>
  names.map((name) => {
    const code = `import importlib.metadata as m\ntry: print(m.version("${name}"))\nexcept m.PackageNotFoundError: print("none")`;
    return execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim();
  });

let index: PackageIndex;
beforeAll(async () => {
  index = await startPackageIndex([
    { name: 'alpha', version: '1.0', requires: ['beta'] },
    { name: 'alpha', version: '2.0', requires: ['beta>=2'] },
    { name: 'beta', version: '1.0' },
    { name: 'beta', version: '2.0' },
    { name: 'server', version: '5.0', requires: ['beta', 'gamma'] },
    { name: 'server', version: '6.0' },
    { name: 'strict', version: '1.0', requires: ['beta>=2'] },
    { name: 'gamma', version: '1.0' },
  ]);
});

const manifest = (dependencies: string[]) =>
  `[project]\nname = "demo"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ${JSON.stringify(dependencies)}\n[[tool.uv.index]]\nurl = "${index.url}"\ndefault = true\n`;

/** Creates a project with a lock file that pins beta 1.0. */
async function createLockedProject(): Promise<string> {
  const directory = temporarySolution({ 'pyproject.toml': manifest(['alpha==1.0', 'beta==1.0']) });
  await run('uv', ['lock', '--quiet'], { cwd: directory });
  const lock = readFileSync(join(directory, 'uv.lock'), 'utf8');
  writeFileSync(
    join(directory, 'uv.lock'),
    lock.replace(
      'specifier = "==1.0" },\n    { name = "beta", specifier = "==1.0"',
      'specifier = "==1.0" },\n    { name = "beta"',
    ),
  );
  writeFileSync(join(directory, 'pyproject.toml'), manifest(['alpha==1.0', 'beta']));
  return directory;
}

test('a strategy’s packages are added to uv.lock, and its versions stay', async () => {
  const environment = await prepare(await createLockedProject(), { strategyRequirements: ['server<6'] });
  expect(listVersions(environment, ['alpha', 'beta', 'server', 'gamma'])).toEqual(['1.0', '1.0', '5.0', '1.0']);
  expect(environment.notes).toEqual([]);
});

test('a note lists the versions that change when a strategy conflicts with uv.lock', async () => {
  const environment = await prepare(await createLockedProject(), { strategyRequirements: ['strict'] });
  expect(listVersions(environment, ['alpha', 'beta', 'strict'])).toEqual(['1.0', '2.0', '1.0']);
  expect(environment.notes).toEqual([
    expect.stringMatching(/^uv\.lock conflicts with packages of the strategy \(strict\): uses beta 1\.0 → 2\.0/),
  ]);
});

test('a uv.lock older than its manifest is stale and renewed', async () => {
  const directory = await createLockedProject();
  writeFileSync(join(directory, 'pyproject.toml'), manifest(['alpha==1.0', 'beta', 'gamma']));
  const original = readFileSync(join(directory, 'uv.lock'), 'utf8');
  const environment = await prepare(directory);
  expect(listVersions(environment, ['alpha', 'beta', 'gamma'])).toEqual(['1.0', '1.0', '1.0']);
  expect(environment.notes).toEqual([expect.stringMatching(/^uv\.lock is stale: .*`uv lock`/)]);
  expect(readFileSync(join(directory, 'uv.lock'), 'utf8')).toBe(original);
  expect((await prepare(directory)).notes).toEqual(environment.notes);

  writeFileSync(join(directory, 'pyproject.toml'), manifest(['alpha==9.0']));
  await expect(prepare(directory)).rejects.toMatchObject({
    code: 'DEPENDENCY_UNRESOLVED',
    message: expect.stringMatching(/^uv\.lock is stale, and `uv lock` cannot renew it: .*alpha==9\.0/),
  });
});

test('a uv.lock with another index than this machine’s is not stale', async () => {
  const directory = await createLockedProject();
  const manifestOnly = readFileSync(join(directory, 'pyproject.toml'), 'utf8').replace(/\[\[tool[\s\S]*/, '');
  writeFileSync(join(directory, 'pyproject.toml'), manifestOnly);
  process.env.UV_DEFAULT_INDEX = index.url;
  try {
    expect((await prepare(directory)).notes).toEqual([]);
  } finally {
    delete process.env.UV_DEFAULT_INDEX;
  }
});

test('pylock.toml is used unchanged', async () => {
  const directory = temporarySolution({ 'requirements.txt': 'alpha==2.0\n' });
  await run(
    'uv',
    [
      'pip',
      'compile',
      '--quiet',
      '--default-index',
      index.url,
      '--format',
      'pylock.toml',
      '-o',
      'pylock.toml',
      'requirements.txt',
    ],
    { cwd: directory },
  );
  writeFileSync(join(directory, 'requirements.txt'), 'alpha==1.0\n');
  const environment = await prepare(directory, { strategyRequirements: [`--index-url ${index.url}`, 'server<6'] });
  expect(listVersions(environment, ['alpha', 'beta', 'server'])).toEqual(['2.0', '2.0', '5.0']);
});

const poetry = (dependencies: string) =>
  `[tool.poetry.dependencies]\npython = "^3.9"\n${dependencies}\n[[tool.poetry.source]]\nname = "test"\nurl = "${index.url}"\npriority = "default"\n`;

/** Digests that manifest as Poetry 1.8 does. */
const poetryDigest = (dependencies: Record<string, string>) => {
  const sources = [{ name: 'test', priority: 'default', url: index.url }];
  const content = JSON.stringify({
    dependencies: { ...dependencies, python: '^3.9' },
    'dev-dependencies': null,
    extras: null,
    source: sources,
  });
  return createHash('sha256').update(content.replaceAll('":', '": ').replaceAll(',"', ', "')).digest('hex');
};

test('a poetry.lock older than its manifest is stale, and its versions are preferences', async () => {
  const lock = `[[package]]\nname = "beta"\nversion = "1.0"\n[[package]]\nname = "alpha"\nversion = "1.0"\n[metadata]\ncontent-hash = "${poetryDigest({ beta: '*' })}"\n`;
  const current = await prepare(temporarySolution({ 'pyproject.toml': poetry('beta = "*"'), 'poetry.lock': lock }));
  expect([listVersions(current, ['beta']), current.notes]).toEqual([['1.0'], []]);
  const stale = await prepare(
    temporarySolution({ 'pyproject.toml': poetry('alpha = "^2"\nbeta = "*"'), 'poetry.lock': lock }),
  );
  expect(listVersions(stale, ['alpha', 'beta'])).toEqual(['2.0', '2.0']);
  expect(stale.notes).toContainEqual(expect.stringMatching(/^poetry\.lock is stale: .*`poetry lock`/));
});

test('a Pipfile.lock older than its Pipfile is stale', async () => {
  const pipfile = (more: string) =>
    `[[source]]\nname = "t"\nurl = "${index.url}"\nverify_ssl = true\n[packages]\nbeta = "*"\n${more}`;
  const content = `{"_meta":{"requires":{},"sources":[{"name":"t","url":"${index.url}","verify_ssl":true}]},"default":{"beta":"*"},"develop":{}}`;
  const sha256 = createHash('sha256').update(content).digest('hex');
  const lock = JSON.stringify({ _meta: { hash: { sha256 } }, default: { beta: { version: '==1.0' } } });
  const current = await prepare(temporarySolution({ Pipfile: pipfile(''), 'Pipfile.lock': lock }));
  expect([listVersions(current, ['beta']), current.notes]).toEqual([['1.0'], []]);
  const stale = await prepare(temporarySolution({ Pipfile: pipfile('gamma = "*"\n'), 'Pipfile.lock': lock }));
  expect(listVersions(stale, ['beta', 'gamma'])).toEqual(['1.0', '1.0']);
  expect(stale.notes).toEqual([expect.stringMatching(/^Pipfile\.lock is stale: .*`pipenv lock`/)]);
});

test('conda packages come from the package index, in the versions that it has', async () => {
  const environment = (lines: string[]) =>
    `dependencies:\n${lines.map((line) => `  - ${line}\n`).join('')}  - pip:\n    - --index-url ${index.url}\n    - gamma\n`;
  const exact = await prepare(
    temporarySolution({ 'environment.yml': environment(['alpha=1.0=py_0', 'cudatoolkit=11']) }),
  );
  expect(listVersions(exact, ['alpha', 'gamma'])).toEqual(['1.0', '1.0']);
  expect(exact.notes).toEqual([expect.stringMatching(/cudatoolkit.*not installed/)]);

  const other = await prepare(
    temporarySolution({ 'environment.yml': environment(['alpha=1.7', 'some-conda-thing', 'beta=1.0=0']) }),
  );
  expect(listVersions(other, ['alpha', 'beta', 'gamma'])).toEqual(['1.0', '1.0', '1.0']);
  expect(other.notes).toEqual([
    expect.stringContaining('some-conda-thing'),
    expect.stringContaining('no matching version of alpha==1.7.*'),
  ]);
});

test('a pyproject.toml without a package is a list of requirements', async () => {
  const pyproject = `[project]\nname = "list"\ndependencies = ["beta<2"]\n`;
  process.env.UV_DEFAULT_INDEX = index.url;
  try {
    expect(listVersions(await prepare(temporarySolution({ 'pyproject.toml': pyproject })), ['beta'])).toEqual(['1.0']);
  } finally {
    delete process.env.UV_DEFAULT_INDEX;
  }
});

test.each<[string, (url: string) => Record<string, string>, string]>([
  ['a requirement file', (url) => ({ 'requirements.txt': `-i ${url}\nbeta\nserver[x]<1\n` }), 'requirements.txt:3'],
  [
    'an included file',
    (url) => ({ 'requirements.txt': `-i ${url}\n-r base.txt\n`, 'base.txt': 'server==5.0' }),
    'base.txt:1',
  ],
  [
    'a constraint',
    (url) => ({ 'requirements.txt': `-i ${url}\n-c pins.txt\nbeta\n`, 'pins.txt': 'Server<6' }),
    'pins.txt:1',
  ],
  ['pyproject.toml', () => ({ 'pyproject.toml': manifest(['beta', 'server<6']) }), 'pyproject.toml:5'],
  ['uv.lock', () => ({ 'pyproject.toml': manifest(['server==5.0']) }), 'pyproject.toml:5'],
  ['Poetry', () => ({ 'pyproject.toml': poetry('server = "^5"') }), 'pyproject.toml (Poetry)'],
])('%s that excludes a package of the strategy is refused with its line', async (kind, files, location) => {
  const directory = temporarySolution(files(index.url));
  if (kind === 'uv.lock') await run('uv', ['lock', '--quiet'], { cwd: directory });
  await expect(prepare(directory, { strategyRequirements: ['server>=6,<7'] })).rejects.toMatchObject({
    code: 'DEPENDENCY_UNRESOLVED',
    message: expect.stringMatching(
      new RegExp(
        `^${location.replace(/[()]/g, '.')} requires server.*, which excludes server>=6,<7 of the strategy: change .*--strategy`,
        'i',
      ),
    ),
    details: { evidence: expect.stringContaining('uv pip compile') },
  });
});
