import { dirname, join } from 'node:path/posix';
import { TimeSlicer } from '../../parsing/time-slicing.js';
import type { ManifestFacts } from './manifest.js';

/** Reads pip's requirements file: one requirement per line, options, includes. The installer reports errors in it. */
export async function readRequirementsFile(file: string, text: string): Promise<ManifestFacts> {
  const parsed = { requirements: [] as string[], includes: [] as string[] };
  const slicer = new TimeSlicer();
  for (const line of readLogicalLines(text)) {
    await slicer.yieldIfDue();
    if (line.startsWith('-')) parsed.includes.push(...listIncludes(file, line));
    else if (line !== '') parsed.requirements.push(stripOptions(line));
  }
  return parsed;
}

/** Yields the lines with continuations joined and comments removed. */
function* readLogicalLines(text: string): Generator<string> {
  const joined = text.replaceAll('\r', '').replaceAll('\\\n', '');
  for (let start = 0; start < joined.length; ) {
    const next = joined.indexOf('\n', start);
    const end = next === -1 ? joined.length : next;
    const line = joined.slice(start, end);
    start = end + 1;
    if (line !== '' && !line.startsWith('#')) yield (line.split(' #')[0] ?? '').trim();
  }
}

/** Maximum characters of an included path; normalizing a longer string is slow. */
const maxPathLength = 4096;

/** Removes the options that follow a requirement: `numpy==1.2 --hash=sha256:…`. */
const stripOptions = (line: string): string => (line.split(' --')[0] ?? line).trim();

function listIncludes(file: string, line: string): string[] {
  const flag = ['--requirement', '-r'].find((option) => line.startsWith(option));
  if (flag === undefined || line.length > maxPathLength) return [];
  const path = line.slice(flag.length).replace(/^[\s=]+/, '');
  return [join(dirname(file), path)];
}
