/** One section of an INI file as Python's `configparser` reads it: each key with its lines, without comments. */
export function readIniSection(text: string, section: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let isIn = false;
  let values: string[] | undefined;
  for (const line of text.split('\n')) {
    const written = line.replace(/(^|\s)[#;](?=\s|$).*/, '').trimEnd();
    if (/^\s*[#;]/.test(line) || written.trim() === '') continue;
    const header = /^\[([^\]]+)\]/.exec(written)?.[1];
    if (header !== undefined) {
      isIn = header.trim() === section;
      values = undefined;
    } else if (isIn && /^\s/.test(written)) values?.push(written.trim());
    else if (isIn) {
      const end = written.search(/[=:]/);
      const first = end === -1 ? '' : written.slice(end + 1).trim();
      values = first === '' ? [] : [first];
      found.set(written.slice(0, end === -1 ? undefined : end).trim(), values);
    }
  }
  return found;
}
