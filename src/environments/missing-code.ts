import { hideScratchPaths } from './explain-uv-failure.js';

/** What Poetry, setuptools, hatchling, flit and uv say where they find no code to package; as `grep -E` reads it, too. */
export const missingCodePattern = [
  'No file/folder found for (package|module)',
  'does not contain any element',
  'Multiple top-level (packages|modules) discovered',
  'package directory .* does not exist',
  'Unable to determine which files to ship inside the wheel',
  'Expected a Python module at',
].join('|');

/** Characters of a backend's own words that a note quotes. */
const maxLength = 200;

/** The line in which a build backend says that it finds no code. Its author runs such code from where it lies. */
export function findMissingCode(output: string): string | undefined {
  const line = output.split('\n').findLast((one) => new RegExp(missingCodePattern).test(one));
  return line && stripPrefixes(hideScratchPaths(line));
}

const stripPrefixes = (line: string): string =>
  line
    .replace(/^[\s×╰├─▶│]*((error|cause|[\w.]*Error): )*/, '')
    .replace(/,? using the following heuristics.*/, '')
    .trim()
    .slice(0, maxLength);

export const describeMissingCode = (words: string): string =>
  `The repository’s own package cannot be built (${words.replace(/\.$/, '')}): its code is served from where it lies.`;
