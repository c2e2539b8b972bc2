import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Environment } from '../../src/contract/revision.js';
import { temporaryDirectory } from '../support/temporary-directories.js';

const environments = new Map<string, Environment>();

/** Creates a virtual environment with packages of PyPI, once per test file. Takes a second with a filled cache of uv. */
export function createEnvironmentWith(...packages: string[]): Environment {
  const environment = environments.get(packages.join()) ?? makeEnvironment(packages);
  environments.set(packages.join(), environment);
  return environment;
}

function makeEnvironment(packages: string[]): Environment {
  const path = join(temporaryDirectory('berth-libraries-'), 'venv');
  execFileSync('uv', ['venv', '--quiet', path]);
  const python = join(path, 'bin', 'python');
  execFileSync('uv', ['pip', 'install', '--quiet', '--python', python, ...packages]);
  return { digest: 'libraries', path, python, pythonVersion: '', packageDirectory: null, notes: [] };
}
