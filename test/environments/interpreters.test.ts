/** @needs python3 uv */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { listInterpreterCandidates } from '../../src/environments/interpreters.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary-directories.js';

const originalEnvironment = { ...process.env };
afterEach(() => {
  process.env = { ...originalEnvironment };
});

/** Creates empty files with these names. */
function makePrograms(directory: string, ...names: string[]): string[] {
  mkdirSync(directory, { recursive: true });
  const paths = names.map((name) => join(directory, name));
  for (const path of paths) writeFileSync(path, '');
  return paths;
}

test('each program is a candidate once, with its first path', async () => {
  const root = temporaryDirectory();
  const [older] = makePrograms(join(root, 'usr'), 'python3.10', 'python3.11');
  makePrograms(join(root, 'usr'), 'python3-config', 'python2');
  symlinkSync('python3.11', join(root, 'usr', 'python3'));
  symlinkSync('usr', join(root, 'bin'));
  Object.assign(process.env, {
    PATH: ['usr', 'bin', 'nowhere'].map((name) => join(root, name)).join(delimiter),
    PYENV_ROOT: join(root, 'pyenv'),
    UV_PYTHON_INSTALL_DIR: join(root, 'uv'),
  });
  expect(await listInterpreterCandidates(temporaryHome())).toEqual([join(root, 'usr', 'python3'), older]);
});

test('of pyenv’s shims only the default is a candidate, because its versions are listed themselves', async () => {
  const root = temporaryDirectory();
  const [shim] = makePrograms(join(root, 'shims'), 'python3', 'python3.11', 'python3.12');
  const versions = ['3.11.7', '3.12.1'].flatMap((name) => makePrograms(join(root, 'versions', name, 'bin'), 'python3'));
  Object.assign(process.env, {
    PATH: join(root, 'shims'),
    PYENV_ROOT: root,
    UV_PYTHON_INSTALL_DIR: join(root, 'uv'),
  });
  expect(await listInterpreterCandidates(temporaryHome())).toEqual([shim, ...versions]);
});
