/** @needs python3 uv git */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Environments } from '../../src/environments/index.js';
import { listVersionVariables, parseDescribedVersion } from '../../src/environments/version-variables.js';
import { copySource } from '../../src/workspaces/copy-source.js';
import { exportRevision } from '../../src/workspaces/export-revision.js';
import type { SourceHistory } from '../../src/workspaces/source-history.js';
import { temporaryDirectory, temporaryHome, temporarySolution, writeTree } from '../support/temporary-directories.js';
import { someFacts } from './some-facts.js';

// Packages with a version from git. Our copies contain no git repository.

const environments = new Environments(temporaryHome());

const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'commit.gpgsign=false', ...args], {
    cwd,
    encoding: 'utf8',
  }).trim();

/** Creates a git repository with one tagged commit. */
function makeRepository(files: Record<string, string>, tag = 'v1.2.3'): string {
  const root = temporarySolution(files);
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'add', '.');
  git(root, 'commit', '--quiet', '--message', 'one');
  git(root, 'tag', '--annotate', '--message', 'release', tag);
  return root;
}

/** Installs the package of a source and returns its version. */
async function install(source: string, adapt: (workspace: string) => void = () => {}) {
  const root = temporaryDirectory('berth-version-');
  const [workspace, directory] = [join(root, 'workspace'), join(root, 'code')];
  const { commit } = await copySource({ source, workspace });
  await exportRevision({ workspace, commit, directory });
  adapt(directory);
  const originalFiles = readdirSync(directory, { recursive: true }).sort();
  const packageDirectory = join(root, 'packages');
  const { python, notes } = await environments.prepare({ directory, facts: someFacts(), packageDirectory });
  expect(readdirSync(directory, { recursive: true }).sort()).toEqual(originalFiles);
  const code = 'import importlib.metadata as m; print(m.version("demo-thing"))';
  const version = execFileSync(python, ['-c', code], {
    encoding: 'utf8',
    env: { PYTHONPATH: packageDirectory },
  }).trim();
  return { version, notes };
}

const module = { 'demo_thing/__init__.py': '' };
const project = (requires: string[], backend: string, more = '') =>
  `[build-system]\nrequires = ${JSON.stringify(requires)}\nbuild-backend = "${backend}"\n[project]\nname = "demo-thing"\ndynamic = ["version"]\n${more}`;
const scm = {
  'pyproject.toml': project(['setuptools', 'setuptools-scm'], 'setuptools.build_meta', '[tool.setuptools_scm]\n'),
  ...module,
};

test.each<[string, Record<string, string>]>([
  ['setuptools-scm', scm],
  [
    'setuptools-scm in setup.py',
    {
      'pyproject.toml': '[build-system]\nrequires = ["setuptools", "setuptools_scm"]\n',
      'setup.py':
        'from setuptools import setup\nsetup(name="demo-thing", use_scm_version=True, packages=["demo_thing"])\n',
      ...module,
    },
  ],
  [
    'hatch-vcs',
    {
      'pyproject.toml': project(
        ['hatchling', 'hatch-vcs'],
        'hatchling.build',
        '[tool.hatch.version]\nsource = "vcs"\n',
      ),
      ...module,
    },
  ],
  [
    'pdm-backend',
    { 'pyproject.toml': project(['pdm-backend'], 'pdm.backend', '[tool.pdm.version]\nsource = "scm"\n'), ...module },
  ],
  [
    'versioneer',
    {
      'pyproject.toml':
        '[build-system]\nrequires = ["setuptools", "versioneer[toml]"]\nbuild-backend = "setuptools.build_meta"\n[tool.versioneer]\nVCS = "git"\nstyle = "pep440"\nversionfile_source = "demo_thing/_version.py"\ntag_prefix = "v"\n',
      'setup.py':
        'import versioneer\nfrom setuptools import setup\nsetup(name="demo-thing", version=versioneer.get_version(), cmdclass=versioneer.get_cmdclass(), packages=["demo_thing"])\n',
      ...module,
    },
  ],
  [
    'poetry-dynamic-versioning',
    {
      'pyproject.toml':
        '[build-system]\nrequires = ["poetry-core", "poetry-dynamic-versioning"]\nbuild-backend = "poetry_dynamic_versioning.backend"\n[tool.poetry]\nname = "demo-thing"\nversion = "0.0.0"\ndescription = ""\nauthors = []\n[tool.poetry.dependencies]\npython = ">=3.8"\n[tool.poetry-dynamic-versioning]\nenable = true\n',
      ...module,
    },
  ],
  [
    'setuptools-git-versioning',
    {
      'pyproject.toml': project(
        ['setuptools', 'setuptools-git-versioning'],
        'setuptools.build_meta',
        '[tool.setuptools-git-versioning]\nenabled = true\n',
      ),
      ...module,
    },
  ],
])(
  'a package built with %s has the version of its source',
  async (_, files) => {
    const source = makeRepository(files);
    const tagged = await install(source);
    expect(tagged).toEqual({ version: '1.2.3', notes: [] });
    writeTree(source, { 'demo_thing/more.py': '' });
    git(source, 'add', '.');
    git(source, 'commit', '--quiet', '--message', 'two');
    const commit = git(source, 'rev-parse', 'HEAD');
    const { version } = await install(source);
    expect(version).not.toBe('1.2.3');
    expect(version).toContain(commit.slice(0, 7));
  },
  120_000,
);

test('an author’s changes make the version dirty, files that a deployment adds do not', async () => {
  const source = makeRepository(scm);
  const added = await install(source, (directory) => writeFileSync(join(directory, 'service.py'), ''));
  expect(added.version).toBe('1.2.3');
  writeFileSync(join(source, 'demo_thing/__init__.py'), 'CHANGED = True\n');
  expect((await install(source)).version).toMatch(/^1\.2\.4\.dev0\+.*d20\d{6}$/);
}, 120_000);

test('a directory of a repository gets its version from the repository', async () => {
  const files = Object.fromEntries(Object.entries(scm).map(([path, text]) => [`packages/demo/${path}`, text]));
  files['packages/demo/pyproject.toml'] +=
    'root = "../.."\ntag_regex = "^demo-(?P<version>.*)$"\ngit_describe_command = "git describe --dirty --tags --long --match demo-*"\n';
  const source = makeRepository({ ...files, 'README.md': '' }, 'demo-4.5.6');
  git(source, 'tag', 'other-9.9.9');
  expect(await install(join(source, 'packages/demo'))).toEqual({ version: '4.5.6', notes: [] });
}, 120_000);

test('a source without history has its published version, else none, with a note', async () => {
  expect(
    await install(
      temporarySolution({ ...scm, 'PKG-INFO': 'Metadata-Version: 2.1\nName: demo-thing\nVersion: 7.8.9\n' }),
    ),
  ).toEqual({
    version: '7.8.9',
    notes: [],
  });
  expect(await install(temporarySolution(scm))).toEqual({
    version: '0.0.0',
    notes: ['The version of demo-thing comes from git, but the source has no history. Uses 0.0.0.'],
  });
}, 120_000);

test('the version from `git describe` is the same as that of setuptools-scm', () => {
  const versions = ['v1.2.3-0-gabc', 'v1.2.3-4-gabcdef0', 'pkg-2.0rc1-1-gabc', 'release/3.4-12-gabc', 'nothing-1-gabc'];
  expect(versions.map((described) => parseDescribedVersion({ described }))).toEqual([
    '1.2.3',
    '1.2.4.dev4+gabcdef0',
    '2.0rc2.dev1+gabc',
    '3.5.dev12+gabc',
    undefined,
  ]);
  expect(parseDescribedVersion(undefined)).toBeUndefined();
});

test('without git, hatch-vcs gets the general version variable, and setuptools-scm the one of the package', async () => {
  const history = { described: 'v1.2.3-0-gabc' } as SourceHistory;
  const list = (text: string) =>
    listVersionVariables({
      directory: temporarySolution({ 'pyproject.toml': text }),
      requirements: { packages: ['.'], packageName: 'my-package', texts: ['pyproject.toml', text] },
      history,
    });
  expect(await list('requires = ["hatchling", "hatch-vcs"]')).toEqual({ SETUPTOOLS_SCM_PRETEND_VERSION: '1.2.3' });
  expect(await list('requires = ["setuptools-scm"]')).toEqual({
    SETUPTOOLS_SCM_PRETEND_VERSION_FOR_MY_PACKAGE: '1.2.3',
  });
});
