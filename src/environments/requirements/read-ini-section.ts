import { TimeSlicer } from '../../parsing/time-slicing.js';
import { readPhysicalLines } from '../pip-files/read-logical-lines.js';

/** Lines between two checks of the clock. */
const linesPerSlice = 500;

/**
 * Reads one section of an INI file as Python's `configparser` does: returns each key with its lines, without comments.
 * Yields to the event loop between slices of a large file.
 */
export async function readIniSection(text: string, section: string): Promise<Map<string, string[]>> {
  const slicer = new TimeSlicer();
  const found = new Map<string, string[]>();
  let isInSection = false;
  let count = 0;
  let values: string[] | undefined;
  for (const line of readPhysicalLines(text)) {
    if (++count % linesPerSlice === 0) await slicer.yieldIfDue();
    const content = stripComment(line);
    if (content === '') continue;
    const header = /^\[([^\]]+)\]/.exec(content)?.[1];
    if (header !== undefined) {
      isInSection = header.trim() === section;
      values = undefined;
    } else if (isInSection && /^\s/.test(content)) values?.push(content.trim());
    else if (isInSection) {
      const end = content.search(/[=:]/);
      const first = end === -1 ? '' : content.slice(end + 1).trim();
      values = first === '' ? [] : [first];
      found.set(content.slice(0, end === -1 ? undefined : end).trim(), values);
    }
  }
  return found;
}

const stripComment = (line: string): string =>
  /^\s*[#;]/.test(line) ? '' : line.replace(/\s[#;](?=\s|$).*/, '').trimEnd();
