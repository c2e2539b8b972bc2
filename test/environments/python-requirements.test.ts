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

const requires = (from: string, specifier: string) => ({ from, specifier });

test.each<[string, [string, string][], string[], string[]]>([
  [
    'compatible requirements',
    [
      ['.python-version', '3.11'],
      ['pyproject.toml', '>=3.9,<3.13'],
    ],
    ['pyproject.toml', '.python-version'],
    [],
  ],
  [
    'a package’s requirement before its author’s version',
    [
      ['.python-version', '3.9'],
      ['pyproject.toml', '>=3.10'],
    ],
    ['pyproject.toml'],
    ['.python-version'],
  ],
  [
    'a file with a higher priority',
    [
      ['runtime.txt', 'python-3.8.10'],
      ['.python-version', '3.11'],
    ],
    ['.python-version'],
    ['runtime.txt'],
  ],
  [
    'a range without a release',
    [
      ['pyproject.toml', '>=3.10'],
      ['setup.cfg', '<3.9'],
      ['runtime.txt', '3.12.4'],
    ],
    ['pyproject.toml', 'runtime.txt'],
    ['setup.cfg'],
  ],
  [
    'a future version',
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
])('%s', (_, requirements, accepted, conflicting) => {
  const combined = combinePythonRequirements(requirements.map(([from, specifier]) => requires(from, specifier)));
  expect(combined.accepted.map(({ from }) => from)).toEqual(accepted);
  expect(combined.conflicting.map(({ from }) => from)).toEqual(conflicting);
});

test('a note names conflicting requirements, and the package’s own requirement is met', async () => {
  const [newest, , ...older] = installed;
  const oldest = older.at(-1);
  if (newest === undefined || oldest === undefined) return;
  const minor = (version: string): string => version.split('.').slice(0, 2).join('.');
  const pythons = [
    requires('.python-version', minor(oldest.version)),
    requires('pyproject.toml', `>=${minor(newest.version)}`),
  ];
  const chosen = await environments.chooseInterpreter(someFacts({ pythons }));
  expect(minor(chosen.version)).toBe(minor(newest.version));
  expect(chosen.note).toBe(
    `.python-version requires Python ${minor(oldest.version)}, which conflicts with >=${minor(newest.version)} in pyproject.toml: uses Python ${chosen.version}.`,
  );
});

test('an unavailable version does not override a package’s requirement', async () => {
  const [newest] = installed;
  const minimum = newest?.version.split('.').slice(0, 2).join('.') ?? '';
  const pythons = [requires('.python-version', '3.99'), requires('pyproject.toml', `>=${minimum}`)];
  const chosen = await environments.chooseInterpreter(someFacts({ pythons }));
  expect(chosen).toMatchObject({
    version: expect.stringContaining(`${minimum}.`),
    note: expect.stringMatching(/^\.python-version requires Python 3\.99, which is neither installed/),
    claimedVersion: null,
  });
});

test('Python requirements are read from the manifests that count', async () => {
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
  expect(await read('run.py')).toEqual([
    requires('run.py (# /// script)', '>=3.11'),
    requires('runtime.txt', '3.12.1'),
  ]);
  expect(await read('backend/app/main.py')).toEqual([
    requires('backend/pyproject.toml', '>=3.9'),
    requires('backend/.python-version', '3.10'),
    requires('runtime.txt', '3.12.1'),
  ]);
});
