/** @needs python3 uv */
import { beforeAll, expect, test } from '@jest/globals';
import { Environments } from '../../src/environments/index.js';
import { findInterpreters, type Interpreter, listInterpreterCandidates } from '../../src/environments/interpreters.js';
import { combinePythonRequirements } from '../../src/environments/python-requirements.js';
import { readRequirements } from '../../src/environments/requirements/read-requirements.js';
import { temporaryHome, temporarySolution } from '../support/temporary-directories.js';
import { someFacts } from './some-facts.js';

const home = temporaryHome();
const environments = new Environments(home);
let installed: Interpreter[];
beforeAll(async () => {
  installed = await findInterpreters(await listInterpreterCandidates(home));
});

const wish = (from: string, specifier: string) => ({ from, specifier });

test.each<[string, [string, string][], string[], string[]]>([
  [
    'wishes that go together',
    [
      ['.python-version', '3.11'],
      ['pyproject.toml', '>=3.9,<3.13'],
    ],
    ['pyproject.toml', '.python-version'],
    [],
  ],
  [
    'what a package states before what its author used',
    [
      ['.python-version', '3.9'],
      ['pyproject.toml', '>=3.10'],
    ],
    ['pyproject.toml'],
    ['.python-version'],
  ],
  [
    'a file before another',
    [
      ['runtime.txt', 'python-3.8.10'],
      ['.python-version', '3.11'],
    ],
    ['.python-version'],
    ['runtime.txt'],
  ],
  [
    'a range that holds no release',
    [
      ['pyproject.toml', '>=3.10'],
      ['setup.cfg', '<3.9'],
      ['runtime.txt', '3.12.4'],
    ],
    ['pyproject.toml', 'runtime.txt'],
    ['setup.cfg'],
  ],
  [
    'a version of the future',
    [
      ['.python-version', '3.99'],
      ['pyproject.toml', '>=3.8'],
    ],
    ['pyproject.toml', '.python-version'],
    [],
  ],
  [
    'a member’s lock and manifest',
    [
      ['uv.lock (api)', '>=3.12'],
      ['api/pyproject.toml', '>=3.10,<3.12'],
    ],
    ['api/pyproject.toml'],
    ['uv.lock (api)'],
  ],
])('%s', (_, wishes, kept, dropped) => {
  const combined = combinePythonRequirements(wishes.map(([from, specifier]) => wish(from, specifier)));
  expect(combined.accepted.map(({ from }) => from)).toEqual(kept);
  expect(combined.conflicting.map(({ from }) => from)).toEqual(dropped);
});

test('what cannot be met together is noted, and the package’s own demand is met', async () => {
  const [newest, , ...older] = installed;
  const oldest = older.at(-1);
  if (newest === undefined || oldest === undefined) return;
  const minor = (version: string): string => version.split('.').slice(0, 2).join('.');
  const pythons = [
    wish('.python-version', minor(oldest.version)),
    wish('pyproject.toml', `>=${minor(newest.version)}`),
  ];
  const chosen = await environments.chooseInterpreter(someFacts({ pythons }));
  expect(minor(chosen.version)).toBe(minor(newest.version));
  expect(chosen.note).toBe(
    `.python-version asks for Python ${minor(oldest.version)}, pyproject.toml for >=${minor(newest.version)}, which exclude each other; Python ${chosen.version} is used.`,
  );
});

test('a version that is not to be had does not break what a package demands', async () => {
  const [newest] = installed;
  const least = newest?.version.split('.').slice(0, 2).join('.') ?? '';
  const pythons = [wish('.python-version', '3.99'), wish('pyproject.toml', `>=${least}`)];
  const chosen = await environments.chooseInterpreter(someFacts({ pythons }));
  expect(chosen).toMatchObject({
    version: expect.stringContaining(`${least}.`),
    note: expect.stringMatching(/^\.python-version asks for Python 3\.99, which is not installed/),
    claimedVersion: null,
  });
});

test('Pythons are read where requirements are', async () => {
  const script = '# /// script\n# requires-python = ">=3.11"\n# dependencies = []\n# ///\n';
  const files = {
    'run.py': script,
    'backend/.python-version': '# mine\n3.10\n',
    'backend/pyproject.toml':
      '[project]\nname = "b"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["six"]\n',
    'backend/app/main.py': '',
    'runtime.txt': 'python-3.12.1\n',
  };
  const read = async (entry: string) =>
    (await readRequirements(temporarySolution(files), someFacts(), { entry })).pythons;
  expect(await read('run.py')).toEqual([wish('run.py (# /// script)', '>=3.11'), wish('runtime.txt', '3.12.1')]);
  expect(await read('backend/app/main.py')).toEqual([
    wish('backend/pyproject.toml', '>=3.9'),
    wish('backend/.python-version', '3.10'),
    wish('runtime.txt', '3.12.1'),
  ]);
});
