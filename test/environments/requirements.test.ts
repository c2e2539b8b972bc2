import { expect, test } from '@jest/globals';
import {
  convertPipfilePackages,
  convertPoetryDependencies,
  listPoetryPins,
} from '../../src/environments/requirements/convert-requirements.js';
import { readRequirements } from '../../src/environments/requirements/read-requirements.js';
import { temporarySolution } from '../support/temporary-directories.js';
import { someFacts } from './some-facts.js';

const read = (files: Record<string, string>, facts = someFacts()) => readRequirements(temporarySolution(files), facts);
const setuptools = '[build-system]\nrequires = ["setuptools"]\n';

test('a repository without a manifest has no requirements', async () => {
  expect(await read({ 'app.py': '' })).toMatchObject({
    pipFiles: [],
    projects: [],
    lines: [],
    packages: [],
    needsCopy: false,
  });
});

test('a pyproject.toml that only configures tools has no requirements and no package', async () => {
  expect(await read({ 'pyproject.toml': '[tool.ruff]\nline-length = 100\n' })).toMatchObject({
    projects: [],
    packages: [],
  });
});

test('a package is resolved together with its requirements.txt', async () => {
  const files = {
    'requirements.txt': 'six\n',
    'pyproject.toml': `[project]\nname = "x"\nversion = "1"\n${setuptools}`,
  };
  expect(await read(files)).toMatchObject({
    pipFiles: ['requirements.txt'],
    projects: ['pyproject.toml'],
    packages: ['.'],
  });
});

test('a setup.cfg without a setup.py is a list of requirements', async () => {
  const settings =
    '[metadata]\nname = x\n[options]\npython_requires = >=3.9\ninstall_requires =\n    six>=1.15  # why\n    idna; python_version > "3.8"\npackages = find:\n';
  expect(await read({ 'setup.cfg': settings })).toMatchObject({
    from: 'setup.cfg',
    lines: ['six>=1.15', 'idna; python_version > "3.8"'],
    projects: [],
    packages: [],
    needsCopy: false,
    pythons: [{ specifier: '>=3.9', from: 'setup.cfg' }],
  });
  const named = '[options]\ninstall_requires = file: base.txt, more.txt\n';
  expect(await read({ 'setup.cfg': named, 'base.txt': 'six\n', 'more.txt': 'idna\n' })).toMatchObject({
    pipFiles: ['base.txt', 'more.txt'],
    lines: [],
  });
  const tools = { 'setup.cfg': '[flake8]\nmax-line-length = 100\n', Pipfile: '[packages]\nsix = "*"\n' };
  expect(await read(tools)).toMatchObject({ lines: ['six'] });
  const package_ = { 'setup.cfg': settings, 'setup.py': 'from setuptools import setup\nsetup()\n' };
  expect(await read(package_)).toMatchObject({ projects: ['setup.py'], packages: ['.'] });
});

test('uv’s default groups are required, except development groups', async () => {
  const project = '[project]\nname = "x"\nversion = "1"\ndependencies = ["six"]\n';
  const groups =
    '[dependency-groups]\ndev = ["pytest"]\nserve = ["idna", {include-group = "web"}]\nweb = ["certifi"]\nextra = ["attrs"]\n';
  const uv = (value: string) => `${project}${groups}[tool.uv]\ndefault-groups = ${value}\n`;
  expect(await read({ 'pyproject.toml': project + groups })).toMatchObject({ lines: [] });
  expect(await read({ 'pyproject.toml': uv('["dev", "serve"]') })).toMatchObject({ lines: ['idna', 'certifi'] });
  expect(await read({ 'pyproject.toml': uv('"all"') })).toMatchObject({
    lines: ['idna', 'certifi', 'certifi', 'attrs'],
  });
  expect(await read({ 'pyproject.toml': uv('["dev", "serve"]'), 'uv.lock': 'version = 1\n' })).toMatchObject({
    lock: { excludedGroups: ['dev'] },
  });
});

test('an error names a pylock.toml that cannot be read', async () => {
  for (const [text, problem] of [
    ['[[packages', 'cannot be read'],
    ['lock-version = "1.0"\n', 'lists no packages'],
  ])
    await expect(read({ 'pylock.toml': text ?? '', 'requirements.txt': 'six\n' })).rejects.toMatchObject({
      code: 'DEPENDENCY_UNRESOLVED',
      message: expect.stringContaining(`pylock.toml ${problem}`),
    });
});

const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...'bcdefghi']
  .map((name, index) =>
    index === 0
      ? name
      : `${name}: &${name} [${Array(9)
          .fill(`*${String.fromCharCode(96 + index)}`)
          .join(', ')}]`,
  )
  .join('\n');

test.each([
  ['bentofile.yaml', bomb, 'bentofile.yaml: Excessive alias count'],
  ['bentofile.yaml', 'service: [\n', 'bentofile.yaml:'],
  ['environment.yml', '- numpy\n', 'environment.yml:1: contains no mapping of keys'],
  ['langgraph.json', '[]', 'langgraph.json:1: contains no mapping of keys'],
  ['langgraph.json', '{\n"a": 1,\n}', 'langgraph.json:3: '],
  ['pyproject.toml', '[project]\nname = \n', 'pyproject.toml:2: Invalid TOML document'],
  ['Pipfile', '[packages\n', 'Pipfile:1: Invalid TOML document'],
  ['pixi.toml', `x${'#'.repeat(30_000)}`, 'pixi.toml:1: Invalid TOML document'],
])('%s that cannot be read counts as missing, with a note', async (file, text, problem) => {
  const alone = await read({ 'predict.py': '', [file]: text });
  expect(alone).toMatchObject({ lock: null, pipFiles: [], projects: [], lines: [], condaPackages: [], packages: [] });
  expect(alone.notes).toEqual([expect.stringContaining(`requirements of ${file} were not read: ${problem}`)]);
  expect(await read({ [file]: text, 'requirements/prod.txt': 'six\n' })).toMatchObject({
    pipFiles: ['requirements/prod.txt'],
  });
});

test('a project with an unreadable pyproject.toml is not built, even with a setup.py', async () => {
  const files = { 'pyproject.toml': '[', 'setup.py': 'from setuptools import setup\nsetup()\n' };
  const { projects, packages, unreadManifests } = await read(files);
  expect({ projects, packages }).toEqual({ projects: [], packages: [] });
  expect(unreadManifests).toEqual([
    expect.stringContaining('requirements of pyproject.toml were not read: pyproject.toml:1: '),
    expect.stringContaining('requirements of setup.py were not read: pyproject.toml:1: '),
  ]);
});

test('a note names the line of a script’s invalid requirements', async () => {
  const script = '"""A script."""\n\n# /// script\n# dependencies = ["six"\n# ///\n';
  const requirements = await readRequirements(temporarySolution({ 'run.py': script }), someFacts(), {
    entry: 'run.py',
  });
  expect(requirements.unreadManifests).toEqual([
    expect.stringMatching(/requirements of run.py were not read: run.py:[45]: /),
  ]);
});

test('a note names another tool’s lock that cannot be read', async () => {
  const files = { Pipfile: '[packages]\nsix = "*"\n', 'Pipfile.lock': '{' };
  expect((await read(files)).notes).toEqual([expect.stringContaining('requirements of Pipfile.lock were not read')]);
});

test('optional dependencies are not installed, and a note says how to install them', async () => {
  const { notes, lines } = await read({
    'pyproject.toml':
      '[project]\nname = "x"\nversion = "1"\n[project.optional-dependencies]\napi = ["fastapi"]\ndev = ["pytest"]\n',
  });
  expect(lines).toEqual([]);
  expect(notes).toEqual([
    'pyproject.toml has optional dependencies (api), which are not installed. To install them, add `.[api]` to a requirements.txt in the same directory.',
  ]);
});

test('uv.lock takes precedence over requirements.txt', async () => {
  const files = {
    'requirements.txt': 'six\n',
    'uv.lock': 'version = 1\n',
    'pyproject.toml': '[project]\nname = "x"\n',
  };
  expect(await read(files)).toMatchObject({ from: 'uv.lock', lock: { kind: 'uv' }, packages: [] });
});

test('cog.yaml with packages takes precedence, and notes name what is not installed', async () => {
  const build = { python_packages: ['six==1.16.0'], system_packages: ['ffmpeg'], run: ['make'] };
  const requirements = await read({ 'setup.py': '', 'requirements.txt': 'idna\n' }, someFacts({ cog: { build } }));
  expect(requirements).toMatchObject({ from: 'cog.yaml', lines: ['six==1.16.0'], packages: [] });
  expect(requirements.notes).toEqual([expect.stringContaining('ffmpeg'), expect.stringContaining('run')]);
});

test('the resolution depends on included files', async () => {
  const { texts } = await read({
    'requirements.txt': '-r base/one.txt\n',
    'base/one.txt': '-c two.txt\nsix\n',
    'base/two.txt': 'six<2\n',
  });
  expect(texts).toContain('six<2\n');
});

test('a requirement by path needs a copy', async () => {
  expect(await read({ 'requirements.txt': '-e .\n', 'setup.py': '' })).toMatchObject({ needsCopy: true });
  expect(await read({ 'requirements.txt': 'six\n' })).toMatchObject({ needsCopy: false });
});

test('Poetry’s carets, tildes, extras, markers and sources become requirement lines', () => {
  const table = {
    python: '^3.9',
    a: '^1.2.3',
    b: '^0.2',
    c: '~1.4',
    d: '*',
    e: '2.0',
    f: { version: '>=1,<2', extras: ['x', 'y'], markers: "sys_platform == 'linux'" },
    g: { git: 'https://example.org/g.git', tag: 'v1' },
    h: { version: '^1', optional: true },
    i: { path: 'libs/i', develop: true },
  };
  expect(convertPoetryDependencies(table)).toEqual([
    'a>=1.2.3,<2',
    'b>=0.2,<0.3',
    'c>=1.4,<1.5',
    'd',
    'e==2.0',
    "f[x,y]>=1,<2 ; sys_platform == 'linux'",
    'g @ git+https://example.org/g.git@v1',
    'i @ ./libs/i',
  ]);
});

test('locks of other tools become pins, except a package locked in several versions', () => {
  const entry = (name: string, version: string) => ({ name, version });
  expect(listPoetryPins({ package: [entry('a', '1'), entry('b', '1'), entry('b', '2')] })).toEqual(['a==1']);
  expect(convertPipfilePackages({ a: '*', b: '==1.0', c: { version: '>2', extras: ['z'] } })).toEqual([
    'a',
    'b==1.0',
    'c[z]>2',
  ]);
});
