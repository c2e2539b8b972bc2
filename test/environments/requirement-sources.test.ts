/** @needs python3 uv */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { chooseAlternatives } from '../../src/environments/requirements/alternative-files.js';
import { convertCondaVersion } from '../../src/environments/requirements/conda.js';
import { parsePipInstall } from '../../src/environments/requirements/parse-pip-install.js';
import { readRequirements } from '../../src/environments/requirements/read-requirements.js';
import { gatherFacts } from '../../src/facts/gather-facts.js';
import { berthHome } from '../../src/home/home.js';
import { temporaryDirectory, temporarySolution } from '../support/temporary-directories.js';
import { someFacts } from './some-facts.js';

// Every source of requirements in a repository.

const named = (name: string): string => `\${${name}}`;

const read = (files: Record<string, string>, entry: string | null = null, cog?: Record<string, unknown>) =>
  readRequirements(temporarySolution(files), someFacts({ cog: cog ?? null }), { entry });

const listRequirements = async (
  files: Record<string, string>,
  entry: string | null = null,
  cog?: Record<string, unknown>,
) => {
  const { pip, condaPackages } = await read(files, entry, cog);
  return [...pip.requirements.map(({ text }) => text), ...condaPackages];
};

const project = (name: string, more = '') => `[project]\nname = "${name}"\nversion = "1"\n${more}`;
const backend = '[build-system]\nrequires = ["setuptools"]\n';

test.each<[string, Record<string, string>, string[]]>([
  [
    'requirements/prod.txt',
    { 'requirements/prod.txt': '-r base.txt\nb', 'requirements/base.txt': 'a', 'requirements/dev.txt': 'x' },
    ['a', 'b'],
  ],
  ['requirements-base.txt', { 'requirements-base.txt': 'a', 'requirements-test.txt': 'x' }, ['a']],
  ['requirements/cpu.txt', { 'requirements/cpu.txt': 'a', 'requirements/gpu.txt': 'x' }, ['a']],
  ['requirements.in', { 'requirements.in': 'a' }, ['a']],
  ['requirements.lock', { 'requirements.lock': 'a==1', 'requirements-dev.lock': 'x' }, ['a==1']],
  [
    'tests38',
    { 'requirements-tests38.txt': 'x==1', 'requirements-tests39.txt': 'x==2', 'requirements-app.txt': 'a' },
    ['a'],
  ],
  ['builder/requirements.txt', { 'builder/requirements.txt': 'a' }, ['a']],
  ['pyproject.toml', { 'pyproject.toml': '[project]\nname = "x"\ndependencies = ["a>=1"]\n' }, ['a>=1']],
  ['Pipfile', { Pipfile: '[packages]\na = "*"\n' }, ['a']],
  [
    'pixi.toml',
    {
      'pixi.toml':
        '[dependencies]\npython = "3.11.*"\npytorch = ">=2"\nffmpeg = "*"\n[pypi-dependencies]\nb = "*"\nc = { git = "https://e.org/c.git", rev = "v1" }\n',
    },
    ['b', 'c @ git+https://e.org/c.git@v1', 'torch>=2'],
  ],
  [
    'environment.yml',
    {
      'environment.yml':
        'dependencies:\n  - python=3.10\n  - numpy=1.26\n  - conda-forge::pytorch=2.1.0=py3_cpu\n  - cudatoolkit\n  - pip:\n    - a==1\n',
    },
    ['a==1', 'numpy==1.26.*', 'torch==2.1.0'],
  ],
  [
    'bentofile.yaml',
    {
      'bentofile.yaml': 'service: s:S\npython:\n  requirements_txt: ./r.txt\n  packages: [b]\n',
      'r.txt': 'a',
      'requirements.txt': 'x',
    },
    ['a', 'b', 'bentoml'],
  ],
  [
    'pyproject.toml of BentoML',
    { 'pyproject.toml': '[tool.bentoml.build.python]\npackages = ["a"]\n' },
    ['a', 'bentoml'],
  ],
  [
    'langgraph.json',
    {
      'langgraph.json': '{"dependencies": ["./agent", "b", "."], "graphs": {}}',
      'agent/requirements.txt': 'a',
      'requirements.txt': 'c',
    },
    ['a', 'c', 'b'],
  ],
  [
    'a package without dependencies and conda',
    { 'setup.py': 'from setuptools import setup\nsetup()', 'environment.yml': 'dependencies: [numpy]' },
    ['numpy'],
  ],
  [
    'tool settings next to a list',
    { 'pyproject.toml': project('x', '[tool.ruff]\n'), 'requirements/base.txt': 'a' },
    ['a'],
  ],
])('%s is a source of requirements', async (_, files, expected) => {
  expect(await listRequirements(files)).toEqual(expected);
});

const listFiles = async (names: string[], pythonVersion?: string) => {
  const files = Object.fromEntries(names.map((name) => [name, 'a']));
  return await readRequirements(temporarySolution(files), someFacts(), { pythonVersion });
};

test.each<[string, string[], string]>([
  ['3.9.18', ['requirements/py38.txt', 'requirements/py39.txt', 'requirements/py310.txt'], 'requirements/py39.txt'],
  ['3.13.0', ['requirements/py38.txt', 'requirements/py39.txt', 'requirements/py310.txt'], 'requirements/py310.txt'],
  ['3.8.1', ['requirements/py39.txt', 'requirements/py310.txt'], 'requirements/py39.txt'],
  ['3.11.7', ['requirements/3.8.txt', 'requirements/3.10.txt'], 'requirements/3.10.txt'],
  ['3.9.1', ['requirements-py-3.9.txt', 'requirements-python3.10.txt'], 'requirements-py-3.9.txt'],
  ['3.12.1', ['requirements-py2.txt', 'requirements-py3.txt'], 'requirements-py3.txt'],
  ['3.9.1', ['requirements/base.txt', 'requirements/py39.txt'], 'requirements/base.txt'],
  ['3.9.1', ['requirements/prod.txt', 'requirements/prod-py39.txt'], 'requirements/prod-py39.txt'],
  ['3.10.1', ['requirements/prod.txt', 'requirements/prod-py39.txt'], 'requirements/prod.txt'],
])('for Python %s, %j use %s', async (version, names, expected) => {
  const { pipFiles, notes } = await listFiles(names, version);
  expect(pipFiles).toEqual([expected]);
  const others = names.filter((name) => name !== expected).toSorted();
  expect(notes).toEqual([expect.stringMatching(new RegExp(`^Uses ${expected}.*, not ${others.join(', ')}\\.$`))]);
});

test('without an interpreter, the requirement file for the newest Python is used', async () => {
  const { pipFiles, dependsOnPython } = await listFiles(['requirements/py39.txt', 'requirements/py310.txt']);
  expect({ pipFiles, dependsOnPython }).toEqual({ pipFiles: ['requirements/py310.txt'], dependsOnPython: true });
});

test.each([
  [['requirements/gpu.txt', 'requirements/cpu.txt'], ['requirements/cpu.txt']],
  [['requirements-cuda.txt', 'requirements-rocm.txt'], ['requirements-cuda.txt']],
  [['requirements-cu118.txt', 'requirements-cu121.txt'], ['requirements-cu121.txt']],
  [['requirements-cuda-11.8.txt', 'requirements-cuda-12.1.txt'], ['requirements-cuda-12.1.txt']],
  [['requirements/torch-gpu.txt', 'requirements/torch.txt'], ['requirements/torch.txt']],
  [
    ['requirements/torch.txt', 'requirements/web.txt'],
    ['requirements/torch.txt', 'requirements/web.txt'],
  ],
  [
    ['requirements-django-3.2.txt', 'requirements-web.txt'],
    ['requirements-django-3.2.txt', 'requirements-web.txt'],
  ],
])('of %j, %j are used', async (names, expected) => {
  expect((await listFiles(names, '3.11.7')).pipFiles).toEqual(expected);
});

test('requirement files for other operating systems are not used', () => {
  const files = ['linux', 'macos', 'windows'].map((qualifier) => ({ name: qualifier, qualifier }));
  const choose = (platform: NodeJS.Platform) => chooseAlternatives(files, undefined, platform).chosen[0]?.name;
  expect([choose('linux'), choose('darwin'), choose('win32')]).toEqual(['linux', 'macos', 'windows']);
});

test('cog.yaml lists packages, names a file, and installs with commands', async () => {
  const run = [
    'pip install a==1 -r more.txt --extra-index-url https://e.org/simple && ldconfig',
    { command: 'curl x | tar x' },
  ];
  const build = { python_packages: ['b==2'], python_requirements: 'cog.txt', run };
  const { pip, notes, packages } = await read({ 'cog.txt': 'c', 'more.txt': 'd', 'setup.py': '' }, null, { build });
  expect(pip.requirements.map(({ text }) => text)).toEqual(['c', 'b==2', 'a==1', 'd']);
  expect(pip.options.map(({ text }) => text)).toEqual(['--extra-index-url https://e.org/simple']);
  expect(notes).toEqual([expect.stringContaining('ldconfig; curl x | tar x')]);
  expect(packages).toEqual([]);
});

test.each([
  ['pip install --no-cache-dir -U a "b>=2"', ['a', 'b>=2']],
  ['python -m pip install a', ['a']],
  ['uv pip install --system a', ['a']],
  ['pip3 install torch==2 -f https://e.org/whl', ['torch==2', '--find-links https://e.org/whl']],
  ['pip install $PACKAGES', undefined],
  ['apt-get install ffmpeg', undefined],
  ['pip download a', undefined],
])('the command %s requires %j', (command, lines) => {
  expect(parsePipInstall(command)).toEqual(lines);
});

test('an image in code has requirements', async () => {
  const files = {
    'service.py': `import bentoml
from bentoml.images import Image
image = (
    Image(python_version="3.11", distro="debian")
    .system_packages("git")
    .python_packages("a>=1", "b")
    .requirements_file("./serving.txt")
)
@bentoml.service(image=image)
class Service: ...
`,
    'serving.txt': 'c',
    'requirements.txt': 'x',
    'modal_app.py': `import modal
app = modal.App(image=modal.Image.debian_slim(python_version="3.12").pip_install(["m", "n"], extra_index_url="https://e.org"))
`,
  };
  const home = berthHome(temporaryDirectory());
  const readFacts = async (root: string) => readRequirements(root, await gatherFacts(root, { home }));
  const { pip, pythons } = await readFacts(temporarySolution(files));
  expect(pip.requirements.map(({ text }) => text)).toEqual(['c', 'a>=1', 'b', 'bentoml']);
  expect(pythons).toEqual([{ specifier: '3.11', from: 'service.py:4 (image)' }]);

  const app = await readFacts(temporarySolution({ 'modal_app.py': files['modal_app.py'] }));
  expect(app.pip.requirements.map(({ text }) => text)).toEqual(['m', 'n', 'modal']);
  expect(app.pip.options.map(({ text }) => text)).toEqual(['--extra-index-url https://e.org']);
});

test('a script has its own requirements', async () => {
  const script =
    '# /// script\n# requires-python = ">=3.11"\n# dependencies = [\n#   "a<3",\n#   "b",\n# ]\n# ///\nimport a\n';
  expect(await listRequirements({ 'run.py': script, 'requirements.txt': 'x' }, 'run.py')).toEqual(['a<3', 'b']);
  expect(await listRequirements({ 'run.py': 'import a\n', 'requirements.txt': 'x' }, 'run.py')).toEqual(['x']);
  const broken = await read(
    { 'run.py': '# /// script\n# dependencies = [\n# ///\n', 'requirements.txt': 'x' },
    'run.py',
  );
  expect(broken.pip.requirements.map(({ text }) => text)).toEqual(['x']);
  expect(broken.unreadManifests).toEqual([
    expect.stringMatching(/^the requirements of run\.py were not read: run\.py:2: /),
  ]);
});

test('a manifest next to the entry takes precedence over one above it', async () => {
  const files = {
    'requirements.txt': 'x',
    'backend/requirements.txt': 'a',
    'backend/app/main.py': '',
    'other/main.py': '',
  };
  expect(await listRequirements(files, 'backend/app/main.py')).toEqual(['a']);
  expect(await listRequirements(files, 'other/main.py')).toEqual(['x']);
  const inPackage = { ...files, 'pyproject.toml': project('whole', `dependencies = ["w"]\n${backend}`) };
  expect(await read(inPackage, 'backend/app/main.py')).toMatchObject({
    pipFiles: ['backend/requirements.txt', 'requirements.txt'],
    packages: ['.'],
  });
});

test('a package in a subdirectory is installed from there', async () => {
  const files = { 'backend/pyproject.toml': project('b', `dependencies = ["a"]\n${backend}`), 'backend/b.py': '' };
  expect(await read(files, 'backend/b.py')).toMatchObject({
    projects: ['backend/pyproject.toml'],
    packages: ['backend'],
    packageName: 'b',
  });
});

test('a workspace member uses the lock above it', async () => {
  const root = temporarySolution({
    'pyproject.toml': '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
    'packages/api/pyproject.toml': project(
      'api',
      'requires-python = ">=3.9"\ndependencies = ["core"]\n[tool.uv.sources]\ncore = { workspace = true }\n',
    ),
    'packages/core/pyproject.toml': project('core', 'requires-python = ">=3.9"\n'),
    'packages/api/main.py': '',
  });
  execFileSync('uv', ['lock', '--quiet'], { cwd: root });
  const { lock } = await readRequirements(root, someFacts(), { entry: 'packages/api/main.py' });
  expect(lock).toEqual({ kind: 'uv', directory: '.', file: 'uv.lock', member: 'api', isVirtual: false });
  expect((await readRequirements(root, someFacts())).lock).toMatchObject({ member: null, isVirtual: true });
});

test('indexes in other tools’ manifests become options', async () => {
  const options = async (files: Record<string, string>) => (await read(files)).pip.options.map(({ text }) => text);
  const pipfile = `[[source]]\nname = "p"\nurl = "https://$USER:${named('WORD')}@p.org/simple"\n[[source]]\nurl = "https://q.org/simple"\nname = "q"\n[packages]\na = "*"\n`;
  expect(await options({ Pipfile: pipfile })).toEqual([
    `--index-url https://${named('USER')}:${named('WORD')}@p.org/simple`,
    '--extra-index-url https://q.org/simple',
  ]);
  const poetry =
    '[tool.poetry.dependencies]\na = "*"\n[[tool.poetry.source]]\nname = "t"\nurl = "https://t.org"\npriority = "explicit"\n';
  expect(await options({ 'pyproject.toml': poetry })).toEqual(['--extra-index-url https://t.org']);
  const bento =
    'python:\n  packages: [a]\n  index_url: https://i.org\n  extra_index_url: [https://j.org]\n  find_links: [https://k.org]\n';
  expect(await options({ 'bentofile.yaml': bento })).toEqual([
    '--index-url https://i.org',
    '--extra-index-url https://j.org',
    '--find-links https://k.org',
  ]);
});

test('conda’s versions become pip’s', () => {
  expect(
    [
      '',
      '*',
      '=1.26',
      '1.26',
      '==1.26.4',
      '=1.2.3=py38_0',
      '>=1,<2',
      ' 1.2.*',
      '=2.*',
      '1.1|1.2',
      '~=1.2',
      '=2022.1',
    ].map(convertCondaVersion),
  ).toEqual([
    '',
    '',
    '==1.26.*',
    '==1.26.*',
    '==1.26.4',
    '==1.2.3',
    '>=1,<2',
    '==1.2.*',
    '==2.*',
    '',
    '~=1.2',
    '==2022.1.*',
  ]);
});

test('a manifest that cannot be read counts as missing, with a note', async () => {
  for (const [file, text] of [
    ['environment.yml', 'dependencies: [a'],
    ['Pipfile', '[packages'],
    ['bentofile.yaml', 'a: ['],
  ] as const) {
    const { pip, unreadManifests } = await read({ [file]: text });
    expect({ requirements: pip.requirements, unread: unreadManifests }).toEqual({
      requirements: [],
      unread: [expect.stringContaining(`the requirements of ${file} were not read: ${file}:1: `)],
    });
  }
});

test('every file that the requirements depend on is part of their texts', async () => {
  const expectDependency = async (files: Record<string, string>, changed: Record<string, string>) => {
    const [first, repeated, afterChange] = await Promise.all(
      [files, files, { ...files, ...changed }].map((all) => read(all)),
    );
    expect(repeated?.texts).toEqual(first?.texts);
    expect(afterChange?.texts).not.toEqual(first?.texts);
  };
  await expectDependency(
    { 'requirements.txt': '-r base/one.txt\n', 'base/one.txt': '-c two.txt', 'base/two.txt': 'six' },
    { 'base/two.txt': 'six<2' },
  );
  await expectDependency({ 'setup.py': 'open("deps.txt")', 'deps.txt': 'six' }, { 'deps.txt': 'six<2' });
  await expectDependency(
    { 'pyproject.toml': project('x', 'dynamic = ["dependencies"]\n'), 'list.in': 'six' },
    { 'list.in': 'six<2' },
  );
  await expectDependency(
    { 'requirements.txt': './libs/x', 'libs/x/pyproject.toml': project('x') },
    { 'libs/x/pyproject.toml': project('y') },
  );
  await expectDependency(
    { Pipfile: '[packages]\na = "*"\n', 'Pipfile.lock': '{}' },
    { 'Pipfile.lock': '{"default": {"a": {"version": "==1"}}}' },
  );
});

test('a path in another manifest is relative to the repository', async () => {
  const poetry = '[tool.poetry.dependencies]\ntool = { path = "../tool" }\n';
  const { pip, needsCopy } = await read(
    { 'app/pyproject.toml': poetry, 'app/main.py': '', 'tool/setup.py': '' },
    join('app', 'main.py'),
  );
  expect(pip.requirements.map(({ text }) => text)).toEqual(['tool @ ./tool']);
  expect(needsCopy).toBe(true);
});

test('a predictor gets Cog’s own requirements that it imports', async () => {
  const code = 'import requests\nfrom yaml import safe_load\nimport requests_cache\nfrom cog import BasePredictor\n';
  const cog = { build: { python_version: '3.12' }, predict: 'predict.py:Predictor' };
  const lines = async (text: string) => (await read({ 'predict.py': text }, null, cog)).lines;
  expect(await lines(code)).toEqual(['requests', 'PyYAML']);
  expect(await lines('from cog import Input\n')).toEqual([]);
});
