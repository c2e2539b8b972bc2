import { BerthError } from '../../errors.js';

export interface EntryName {
  /** Dotted module, or null when a file was written. */
  module: string | null;
  /** Path relative to the repository, or null when a module was written. */
  file: string | null;
  callable: string;
  method: string | undefined;
}

/** Reads `MODULE:CALLABLE`, `MODULE:Class.method`, and `path/to/file.py:…` too: it is what cog.yaml writes. */
export function parseEntry(entry: string): EntryName {
  const colon = entry.lastIndexOf(':');
  const place = entry.slice(0, Math.max(colon, 0)).trim();
  const [callable = '', method, ...rest] = entry
    .slice(colon + 1)
    .trim()
    .split('.');
  const isFile = place.endsWith('.py');
  const isName = (text: string): boolean => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(text);
  const isPlace = isFile || (place !== '' && place.split('.').every((part) => /^[\p{L}\p{N}_]+$/u.test(part)));
  if (colon < 1 || !isPlace || !isName(callable) || (method !== undefined && !isName(method)) || rest.length > 0) {
    throw new BerthError('ENTRY_INVALID', `"${entry}" names nothing that can be called`, { entry });
  }
  return { module: isFile ? null : place, file: isFile ? place.replace(/^\.\//, '') : null, callable, method };
}
