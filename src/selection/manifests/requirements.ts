import { dirname, join } from 'node:path/posix';
import type { ManifestFacts } from './manifest.js';

/** pip's requirements file: one requirement a line, options, includes. What is wrong in it the installer says best. */
export function readRequirements(file: string, text: string): ManifestFacts {
  const lines = logicalLines(text);
  const requirements = lines.filter((line) => !line.startsWith('-')).map(withoutOptions);
  return {
    requirements,
    includes: lines.flatMap((line) => included(file, line)),
  };
}

/** Lines with continuations joined, without comments. */
const logicalLines = (text: string): string[] =>
  text
    .replaceAll('\r', '')
    .replaceAll('\\\n', '')
    .split('\n')
    .map((line) => (line.startsWith('#') ? '' : (line.split(' #')[0] ?? '').trim()))
    .filter((line) => line !== '');

/** `numpy==1.2 --hash=sha256:…`: options of one requirement follow it. */
const withoutOptions = (line: string): string => (line.split(' --')[0] ?? line).trim();

function included(file: string, line: string): string[] {
  const flag = ['--requirement', '-r'].find((option) => line.startsWith(option));
  if (flag === undefined) return [];
  const path = line.slice(flag.length).replace(/^[\s=]+/, '');
  return [join(dirname(file), path)];
}
