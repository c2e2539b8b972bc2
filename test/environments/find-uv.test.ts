/** @needs python3 uv */
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { findUv } from '../../src/environments/index.js';
import { temporaryDirectory, temporaryHome, writeTree } from '../support/temporary-directories.js';

const { PATH } = process.env;
afterEach(() => {
  process.env.PATH = PATH;
});

/** Sets a PATH with these programs only. */
function restrictPath(programs: Record<string, string>): void {
  const directory = writeTree(temporaryDirectory(), programs);
  for (const name of Object.keys(programs)) chmodSync(join(directory, name), 0o755);
  process.env.PATH = directory;
}

const python = `#!/bin/sh\nPATH='${PATH}' exec python3 "$@"\n`;

test('uv is installed once from the package index when the machine has no working one', async () => {
  restrictPath({ python3: python, uv: '#!/bin/sh\necho "uv 0.2.1"\n' });
  const home = temporaryHome();
  const [first, second] = await Promise.all([findUv(home), findUv(home)]);
  expect(first).toBe(join(home.bin, 'uv'));
  expect(second).toBe(first);
  expect(readdirSync(home.bin)).toEqual(['uv']);
  expect(await findUv(home, { onProgress: () => expect('a second installation').toBe('') })).toBe(first);
});

test('without uv and Python, the error says what to install', async () => {
  restrictPath({});
  await expect(findUv(temporaryHome())).rejects.toMatchObject({ code: 'TOOL_MISSING', exitCode: 3 });
});
