import type { ManifestFacts } from './manifest.js';

/** Reads `.python-version` (pyenv, uv) and `runtime.txt` (`python-3.11.4`): the first line that is not a comment. */
export function readPythonVersion(file: string, text: string): ManifestFacts {
  const [first = ''] = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const specifier = first.replace(/^python-/, '');
  return { python: specifier === '' ? null : { specifier, from: file } };
}
