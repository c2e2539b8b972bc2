import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract, parse } from 'jest-docblock';
import { root } from './import-source.mjs';
import { needs } from './needs.mjs';

export const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');

/** The test files that jest would run, each with the needs that it declares. */
export function listTestFiles(jestArguments, env) {
  const argv = [jest, '--listTests', '--json', ...jestArguments];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: root, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr || stdout);
  return JSON.parse(stdout.slice(stdout.indexOf('['))).map((file) => ({ file, needs: readNeeds(file) }));
}

/** `@needs NAME …` in the first comment of a test file. */
function readNeeds(file) {
  const { needs: declared = [] } = parse(extract(readFileSync(file, 'utf8')));
  const names = [declared].flat().flatMap((line) => line.split(/\s+/));
  for (const name of names)
    if (needs[name] === undefined)
      throw new Error(`${file} needs ${name}, which is none of ${Object.keys(needs).join(', ')}`);
  return names;
}
