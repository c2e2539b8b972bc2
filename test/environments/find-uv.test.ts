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

/** A PATH with these programs alone. */
function restrictPath(programs: Record<string, string>): void {
  const directory = writeTree(temporaryDirectory(), programs);
  for (const name of Object.keys(programs)) chmodSync(join(directory, name), 0o755);
  process.env.PATH = directory;
}

const python = `#!/bin/sh\nPATH='${PATH}' exec python3 "$@"\n`;

test('uv is had once from the package index where the machine has none that works', async () => {
  restrictPath({ python3: python, uv: '#!/bin/sh\necho "uv 0.2.1"\n' });
  const home = temporaryHome();
  const [one, other] = await Promise.all([findUv(home), findUv(home)]);
  expect(one).toBe(join(home.bin, 'uv'));
  expect(other).toBe(one);
  expect(readdirSync(home.bin)).toEqual(['uv']);
  expect(await findUv(home, { onProgress: () => expect('asked the index again').toBe('') })).toBe(one);
});

test('without uv and without Python, the error says what to install', async () => {
  restrictPath({});
  await expect(findUv(temporaryHome())).rejects.toMatchObject({ code: 'TOOL_MISSING', exitCode: 3 });
});
