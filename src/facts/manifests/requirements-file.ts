import { dirname, join } from 'node:path/posix';
import { TimeSlicer } from '../../parsing/time-slicing.js';
import type { ManifestFacts } from './manifest.js';

/** pip's requirements file: one requirement a line, options, includes. What is wrong in it the installer says best. */
export async function readRequirementsFile(file: string, text: string): Promise<ManifestFacts> {
  const found = { requirements: [] as string[], includes: [] as string[] };
  const turns = new TimeSlicer();
  for (const line of readLogicalLines(text)) {
    await turns.yieldIfDue();
    if (line.startsWith('-')) found.includes.push(...listIncludes(file, line));
    else if (line !== '') found.requirements.push(stripOptions(line));
  }
  return found;
}

/** Lines with continuations joined, without comments. */
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

/** Characters; what is longer is no path, and takes long to be made one. */
const maxPathLength = 4096;

/** `numpy==1.2 --hash=sha256:…`: options of one requirement follow it. */
const stripOptions = (line: string): string => (line.split(' --')[0] ?? line).trim();

function listIncludes(file: string, line: string): string[] {
  const flag = ['--requirement', '-r'].find((option) => line.startsWith(option));
  if (flag === undefined || line.length > maxPathLength) return [];
  const path = line.slice(flag.length).replace(/^[\s=]+/, '');
  return [join(dirname(file), path)];
}
