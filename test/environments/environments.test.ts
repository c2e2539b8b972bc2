/** @needs python3 uv */
import { createHook } from 'node:async_hooks';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Environment } from '../../src/contract/revision.js';
import { Environments, type PrepareRequest } from '../../src/environments/index.js';
import { temporaryDirectory, temporaryHome, temporarySolution } from '../support/temporary-directories.js';
import { someFacts } from './some-facts.js';

const home = temporaryHome();
const environments = new Environments(home);

const prepare = (files: Record<string, string>, request: Partial<PrepareRequest> = {}): Promise<Environment> =>
  environments.prepare({
    directory: temporarySolution(files),
    facts: someFacts(),
    packageDirectory: join(temporaryDirectory(), 'package'),
    ...request,
  });

const evaluate = ({ python, packageDirectory }: Environment, expression: string): string =>
  execFileSync(python, ['-c', `print(${expression})`], {
    encoding: 'utf8',
    env: { PYTHONPATH: packageDirectory ?? '' },
  }).trim();

test('an environment holds the packages of requirements.txt only', async () => {
  const environment = await prepare({ 'requirements.txt': 'six==1.16.0\n' });
  expect(evaluate(environment, '__import__("six").__version__')).toBe('1.16.0');
  expect(environment.packageDirectory).toBeNull();
  expect(environment.notes).toEqual([]);
});

test('the same requirements share one environment, found without a subprocess', async () => {
  const request = { facts: someFacts({ python: { specifier: '>=3.9', from: 'pyproject.toml' } }) };
  const first = await prepare({ 'requirements.txt': 'six==1.16.0\n' }, request);
  let started = 0;
  const hook = createHook({ init: (_, type) => (started += type === 'PROCESSWRAP' ? 1 : 0) }).enable();
  const second = await prepare({ 'requirements.txt': 'six==1.16.0\n' }, request);
  hook.disable();

  expect(second).toEqual(first);
  expect(started).toBe(0);
});

test('the requirement file for the chosen Python is installed', async () => {
  const { version } = await environments.chooseInterpreter(someFacts());
  const [, minor] = version.split('.');
  const environment = await prepare({
    [`requirements/py3${minor}.txt`]: 'six==1.16.0\n',
    [`requirements/py3${Number(minor) + 1}.txt`]: 'six==1.15.0\n',
  });
  expect(evaluate(environment, '__import__("six").__version__')).toBe('1.16.0');
  expect(environment.notes).toEqual([
    `Uses requirements/py3${minor}.txt for Python ${version}, not requirements/py3${Number(minor) + 1}.txt.`,
  ]);
});

test('requirements are resolved again on request', async () => {
  const files = { 'requirements.txt': 'six==1.16.0\n' };
  const first = await prepare(files);
  let started = 0;
  const hook = createHook({ init: (_, type) => (started += type === 'PROCESSWRAP' ? 1 : 0) }).enable();
  const second = await prepare(files, { isFresh: true });
  hook.disable();
  expect(second).toEqual(first);
  expect(started).toBeGreaterThan(0);
});

test('the remains of a killed preparation are replaced', async () => {
  const files = { 'requirements.txt': 'idna==3.7\n' };
  const first = await prepare(files);
  const { pid } = execProcessThatEnded();
  const abandoned = join(home.environments, `.making-${first.digest}-${pid}-x`);
  mkdirSync(abandoned);
  rmSync(join(first.path, '.berth-complete'));
  rmSync(join(first.path, 'lib'), { recursive: true });
  const second = await prepare(files);
  expect(evaluate(second, '__import__("idna").__version__')).toBe('3.7');
  expect(existsSync(abandoned)).toBe(false);
});

const execProcessThatEnded = () => ({ pid: Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' })) });

test('two concurrent preparations create one environment and nothing else', async () => {
  const files = { 'requirements.txt': 'certifi==2024.2.2\n' };
  const [first, second] = await Promise.all([prepare(files), prepare(files)]);
  expect(first).toEqual(second);
  expect(evaluate(first, '__import__("certifi").__version__')).toBe('2024.02.02');
  expect(readdirSync(home.environments).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('an error names a dependency that does not exist, with uv’s explanation as evidence', async () => {
  const failure = prepare({ 'requirements.txt': 'berth-no-such-package-at-all==1.0\n' });
  await expect(failure).rejects.toMatchObject({
    code: 'DEPENDENCY_UNRESOLVED',
    message: expect.stringContaining('berth-no-such-package-at-all'),
    details: { evidence: expect.stringMatching(/^\$ uv pip compile[\s\S]*exit code 1/) },
  });
});

test('an error explains conflicting requirements', async () => {
  const failure = prepare({ 'requirements.txt': 'requests==2.31.0\nurllib3==1.20\n' });
  await expect(failure).rejects.toMatchObject({
    code: 'DEPENDENCY_UNRESOLVED',
    message: expect.stringMatching(/requests==2\.31\.0 depends on urllib3.*unsatisfiable/),
  });
});

test('an unreachable index is retryable, and its password stays hidden', async () => {
  const lines = '--index-url http://user:hunter2@127.0.0.1:9/simple\nsix\n';
  const failure = await prepare({ 'requirements.txt': lines }).catch((error) => error);
  expect(failure).toMatchObject({ code: 'INDEX_UNREACHABLE', retryable: true });
  expect(JSON.stringify(failure.toRecord())).not.toContain('hunter2');
});

test('the nearest Python replaces an unavailable one, with a note', async () => {
  const facts = someFacts({ python: { specifier: '3.99', from: '.python-version' } });
  const begun = performance.now();
  const environment = await prepare({}, { facts });
  expect(environment.notes).toEqual([
    expect.stringMatching(/^\.python-version requires Python 3\.99, .* the nearest version, Python 3\.\d+/),
  ]);
  expect(performance.now() - begun).toBeLessThan(20_000);
  expect(evaluate(environment, '1 + 1')).toBe('2');
});

test('a package in a src layout is installed outside of the environment and leaves the repository unchanged', async () => {
  const directory = temporarySolution({
    'pyproject.toml':
      '[project]\nname = "own-thing"\nversion = "1.2"\ndependencies = ["six==1.16.0"]\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
    'src/own_thing/__init__.py': 'import six\nANSWER = 42\n',
  });
  const packageDirectory = join(temporaryDirectory(), 'package');
  const environment = await prepare({}, { directory, packageDirectory });
  expect(environment.packageDirectory).toBe(packageDirectory);
  expect(evaluate(environment, '__import__("own_thing").ANSWER')).toBe('42');
  expect(readdirSync(directory, { recursive: true }).sort()).toEqual([
    'pyproject.toml',
    'src',
    'src/own_thing',
    'src/own_thing/__init__.py',
  ]);

  writeFileSync(join(directory, 'src/own_thing/__init__.py'), 'ANSWER = 43 \n');
  const again = await prepare({}, { directory, packageDirectory });
  expect(evaluate(again, '__import__("own_thing").ANSWER')).toBe('43');
});

test('a project required by path is installed with the revision, not in the shared environment', async () => {
  const environment = await prepare({
    'requirements.txt': './libs/tool\nsix==1.16.0\n',
    'libs/tool/pyproject.toml':
      '[project]\nname = "tool"\nversion = "1"\ndependencies = ["idna==3.7"]\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
    'libs/tool/tool.py': 'import idna\nNAME = "tool " + idna.__version__\n',
  });
  expect(evaluate(environment, '__import__("tool").NAME')).toBe('tool 3.7');
  expect(
    evaluate({ ...environment, packageDirectory: null }, '__import__("importlib.util").util.find_spec("tool")'),
  ).toBe('None');
});

test('a package that requires an unavailable Python is installed for the nearest one', async () => {
  const facts = someFacts({ python: { specifier: '>=3.99', from: 'pyproject.toml' } });
  const pyproject =
    '[project]\nname = "later"\nversion = "1"\nrequires-python = ">=3.99"\ndependencies = ["six==1.16.0"]\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n';
  const environment = await prepare({ 'pyproject.toml': pyproject, 'later.py': 'import six\n' }, { facts });
  expect(evaluate(environment, '__import__("later").six.__version__')).toBe('1.16.0');
  expect(environment.notes).toHaveLength(1);
});

test('uv.lock is used unchanged, without its development group', async () => {
  const directory = temporarySolution({
    'pyproject.toml':
      '[project]\nname = "locked"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["six==1.15.0"]\n[dependency-groups]\ndev = ["idna"]\n',
  });
  execFileSync('uv', ['lock', '--quiet'], { cwd: directory });
  const environment = await prepare({}, { directory });
  expect(evaluate(environment, '__import__("six").__version__')).toBe('1.15.0');
  expect(evaluate(environment, '__import__("importlib.util").util.find_spec("idna")')).toBe('None');
});

test('a package without code for its build backend is skipped and imported from the repository', async () => {
  const project = (backend: string, requires = backend) =>
    `[project]\nname = "no-such-code"\nversion = "1"\ndescription = "d"\ndependencies = ["six==1.16.0"]\n[build-system]\nrequires = ["${requires}"]\nbuild-backend = "${backend}"\n`;
  const poetry =
    '[tool.poetry]\nname = "no-such-code"\nversion = "1"\ndescription = ""\nauthors = []\n[tool.poetry.dependencies]\npython = ">=3.9"\nsix = "1.16.0"\n[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n';
  const two = { 'a/__init__.py': '', 'b/__init__.py': '' };
  const repositories: [files: Record<string, string>, words: string][] = [
    [{ 'pyproject.toml': project('setuptools.build_meta', 'setuptools'), ...two }, 'Multiple top-level packages'],
    [{ 'pyproject.toml': project('hatchling.build', 'hatchling') }, 'Unable to determine which files to ship'],
    [{ 'pyproject.toml': project('flit_core.buildapi', 'flit_core') }, 'No file/folder found for module no_such_code'],
    [{ 'pyproject.toml': poetry }, 'No file/folder found for package no-such-code'],
    [{ 'pyproject.toml': project('uv_build') }, 'Expected a Python module at'],
    [
      {
        'setup.py': 'from setuptools import setup\nsetup()\n',
        'setup.cfg': '[metadata]\nname = two\n[options]\ninstall_requires = six==1.16.0\n',
        ...two,
      },
      'Multiple top-level packages',
    ],
    [
      {
        'pyproject.toml': `${project('setuptools.build_meta', 'setuptools').replace('dependencies = ["six==1.16.0"]', 'dynamic = ["dependencies"]')}[tool.setuptools.dynamic]\ndependencies = { file = ["needs.txt"] }\n`,
        'needs.txt': 'six==1.16.0\n',
        ...two,
      },
      'Multiple top-level packages',
    ],
    [
      {
        'setup.py': 'from setuptools import setup\nsetup(name="two", version="1", install_requires=["six==1.16.0"])\n',
        ...two,
      },
      'Multiple top-level packages',
    ],
  ];
  for (const [files, words] of repositories) {
    const directory = temporarySolution(files);
    const packageDirectory = join(temporaryDirectory(), 'package');
    const environment = await prepare({}, { directory, packageDirectory });
    expect(environment).toMatchObject({
      packageDirectory: null,
      notes: [
        expect.stringMatching(new RegExp(`own package cannot be built \\(.*${words}.*\\): .*from the repository`)),
      ],
    });
    expect(environment.notes[0]).not.toMatch(/\.making-|\/tmp\//);
    expect(evaluate(environment, '__import__("six").__version__')).toBe('1.16.0');
    expect(await prepare({}, { directory, packageDirectory })).toEqual(environment);
  }
}, 300_000);

test('a requirement for sklearn installs scikit-learn, in a setup.py too', async () => {
  const setup =
    'from setuptools import setup\nsetup(name="x", version="1", py_modules=["x"], install_requires=["sklearn"])\n';
  for (const files of [{ 'requirements.txt': 'sklearn\n' }, { 'setup.py': setup, 'x.py': '' }] as Record<
    string,
    string
  >[]) {
    const environment = await prepare(files);
    expect(evaluate(environment, '__import__("sklearn.linear_model").linear_model.__name__')).toBe(
      'sklearn.linear_model',
    );
    expect(environment.notes).toEqual([expect.stringContaining('adds scikit-learn')]);
  }
}, 300_000);

test('a project required by path without code to build is refused', async () => {
  const failure = prepare({
    'requirements.txt': './libs/tool\n',
    'libs/tool/pyproject.toml':
      '[project]\nname = "tool"\nversion = "1"\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
  });
  await expect(failure).rejects.toMatchObject({
    code: 'DEPENDENCY_INSTALL',
    message: expect.stringContaining('Unable to determine which files to ship'),
    details: { evidence: expect.not.stringContaining('.making-') },
  });
});

test('an error explains why a package cannot be built', async () => {
  const failure = prepare({
    'setup.py': 'from setuptools import setup\nraise RuntimeError("the compiler is on holiday")\n',
  });
  await expect(failure).rejects.toMatchObject({
    code: 'DEPENDENCY_UNRESOLVED',
    message: expect.stringContaining('holiday'),
  });
});

test('a canceled preparation leaves nothing behind', async () => {
  const controller = new AbortController();
  const onProgress = () => controller.abort(new Error('enough'));
  const failure = prepare({ 'requirements.txt': 'chardet==5.2.0\n' }, { signal: controller.signal, onProgress });
  await expect(failure).rejects.toThrow('enough');
  const left = [home.environments, home.locks].flatMap((directory) => readdirSync(directory));
  expect(left.filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a package that newer setuptools refuse is built with an older one, with a note', async () => {
  const environment = await prepare({
    'setup.py':
      'import pkg_resources\nfrom setuptools import setup\nsetup(name="older", version="1.0", py_modules=["older"])\n',
    'older.py': 'NAME = "older"\n',
  });
  expect(evaluate(environment, '__import__("older").NAME')).toBe('older');
  expect(environment.notes).toEqual(['Builds a package with setuptools before 81, because newer versions refuse it.']);
});
