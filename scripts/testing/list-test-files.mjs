import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract, parse } from 'jest-docblock';
import { root } from './import-source.mjs';
import { needs } from './needs.mjs';

export const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');

/** Lists the test files that jest would run, with their declared needs. */
export function listTestFiles(jestArguments, env) {
  const argv = [jest, '--listTests', '--json', ...jestArguments];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: root, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr || stdout);
  return JSON.parse(stdout.slice(stdout.indexOf('['))).map((file) => ({ file, needs: readNeeds(file) }));
}

/** Reads `@needs NAME …` in the first comment of a test file. */
function readNeeds(file) {
  const { needs: declared = [] } = parse(extract(readFileSync(file, 'utf8')));
  const names = [declared].flat().flatMap((line) => line.split(/\s+/));
  for (const name of names)
    if (needs[name] === undefined)
      throw new Error(`unknown need ${name} in ${file}; known: ${Object.keys(needs).join(', ')}`);
  return names;
}
