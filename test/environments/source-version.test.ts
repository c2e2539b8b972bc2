/** @needs python3 uv git */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Environments } from '../../src/environments/index.js';
import { temporaryDirectory, temporaryHome, temporarySolution } from '../support/temporary.js';
import { someFacts } from './facts.js';

const environments = new Environments(temporaryHome());

/** Projects whose version is what their git says. */
const projects: [string, Record<string, string>][] = [
  [
    'setuptools-scm',
    {
      'pyproject.toml':
        '[build-system]\nrequires = ["setuptools", "setuptools-scm"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "tagged"\ndynamic = ["version"]\n[tool.setuptools]\npy-modules = ["tagged"]\n[tool.setuptools_scm]\n',
    },
  ],
  [
    'setup.py with use_scm_version',
    {
      'pyproject.toml': '[build-system]\nrequires = ["setuptools", "setuptools_scm"]\n',
      'setup.py': 'from setuptools import setup\nsetup(name="tagged", use_scm_version=True, py_modules=["tagged"])\n',
    },
  ],
  [
    'hatch-vcs',
    {
      'pyproject.toml':
        '[build-system]\nrequires = ["hatchling", "hatch-vcs"]\nbuild-backend = "hatchling.build"\n[project]\nname = "tagged"\ndynamic = ["version"]\n[tool.hatch.version]\nsource = "vcs"\n',
    },
  ],
  [
    'PDM',
    {
      'pyproject.toml':
        '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n[project]\nname = "tagged"\ndynamic = ["version"]\n[tool.pdm.version]\nsource = "scm"\n',
    },
  ],
];

test.each(projects)('%s finds the version that the source has', async (_, files) => {
  const directory = temporarySolution({ ...files, 'tagged.py': '' });
  expect(await install(directory, { tag: 'v1.2.0', distance: 0 })).toBe('1.2.0');
  expect(await install(directory, { tag: 'v1.2.0', distance: 3 })).toMatch(/^1\.2\.1\.dev3\+g[0-9a-f]+$/);
});

test('a source without a tag is built all the same', async () => {
  const [, files] = projects[0] as (typeof projects)[number];
  const directory = temporarySolution({ ...files, 'tagged.py': '' });
  expect(await install(directory, null)).toMatch(/^0\.1\.dev\d+\+g[0-9a-f]+$/);
});

/** The version of the installed package. */
async function install(directory: string, version: { tag: string; distance: number } | null): Promise<string> {
  const packageDirectory = join(temporaryDirectory(), 'package');
  const { python } = await environments.prepare({ directory, facts: someFacts(), packageDirectory, version });
  return execFileSync(python, ['-c', 'from importlib.metadata import version; print(version("tagged"))'], {
    encoding: 'utf8',
    env: { PYTHONPATH: packageDirectory },
  }).trim();
}
