import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Environment } from '../../src/contract/revision.js';
import { temporaryDirectory } from '../support/temporary-directories.js';

const made = new Map<string, Environment>();

/** Creates a virtual environment with packages of PyPI. Takes a second once they are in uv's cache. One per test file. */
export function createEnvironmentWith(...packages: string[]): Environment {
  const environment = made.get(packages.join()) ?? makeEnvironment(packages);
  made.set(packages.join(), environment);
  return environment;
}

function makeEnvironment(packages: string[]): Environment {
  const path = join(temporaryDirectory('berth-libraries-'), 'venv');
  execFileSync('uv', ['venv', '--quiet', path]);
  const python = join(path, 'bin', 'python');
  execFileSync('uv', ['pip', 'install', '--quiet', '--python', python, ...packages]);
  return { digest: 'libraries', path, python, pythonVersion: '', packageDirectory: null, notes: [] };
}
