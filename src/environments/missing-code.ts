import { hideScratchPaths } from './explain-uv-failure.js';

/**
 * Messages of Poetry, setuptools, hatchling, flit and uv when they find no code to package. Also valid for `grep -E`.
 */
export const missingCodePattern = [
  'No file/folder found for (package|module)',
  'does not contain any element',
  'Multiple top-level (packages|modules) discovered',
  'package directory .* does not exist',
  'Unable to determine which files to ship inside the wheel',
  'Expected a Python module at',
].join('|');

/** Characters of a build backend's message that a note quotes. */
const maxLength = 200;

/**
 * Returns the line in which a build backend reports that it finds no code; the author runs such code from the
 * repository.
 */
export function findMissingCode(output: string): string | undefined {
  const line = output.split('\n').findLast((text) => new RegExp(missingCodePattern).test(text));
  return line && stripPrefixes(hideScratchPaths(line));
}

const stripPrefixes = (line: string): string =>
  line
    .replace(/^[\s×╰├─▶│]*((error|cause|[\w.]*Error): )*/, '')
    .replace(/,? using the following heuristics.*/, '')
    .trim()
    .slice(0, maxLength);

export const describeMissingCode = (message: string): string =>
  `The repository’s own package cannot be built (${message.replace(/\.$/, '')}): its code is imported from the repository.`;
