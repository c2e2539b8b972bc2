import { BerthError } from '../../errors.js';

export interface EntryName {
  /** Dotted module, or null when a file was written. */
  module: string | null;
  /** Path relative to the repository, or null when a module was written. */
  file: string | null;
  callable: string;
  /** A method, or any attribute further down: `model.predict`. */
  method: string | undefined;
}

const isName = (text: string): boolean => /^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(text);
/** Wider than a name: `my-model.predict` is no module to Python, and says which file is meant all the same. */
const isModulePart = (text: string): boolean => /^[\p{L}\p{M}\p{N}_-]+$/u.test(text);

/**
 * Reads `MODULE:CALLABLE`, `MODULE:Class.method`, `MODULE:object.attribute.method`, and `path/to/file.py:…` too: it is what
 * cog.yaml writes. Throws ENTRY_INVALID.
 */
export function parseEntry(entry: string): EntryName {
  const colon = entry.lastIndexOf(':');
  const place = entry.slice(0, Math.max(colon, 0)).trim();
  const names = entry
    .slice(colon + 1)
    .trim()
    .split('.');
  const isFile = place.endsWith('.py') && place !== '.py';
  const isPlace = isFile || (place !== '' && place.split('.').every(isModulePart));
  if (colon < 1 || !isPlace || !names.every(isName)) {
    throw new BerthError('ENTRY_INVALID', `"${entry}" names nothing that can be called`, { entry });
  }
  const [callable = '', ...further] = names;
  const method = further.length > 0 ? further.join('.') : undefined;
  return { module: isFile ? null : place, file: isFile ? place.replace(/^(\.\/)+/, '') : null, callable, method };
}
