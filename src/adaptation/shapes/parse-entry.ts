import { BerthError } from '../../errors.js';

export interface EntryName {
  /** Dotted module; null if the entry names a file. */
  module: string | null;
  /** Path relative to the repository; null if the entry names a module. */
  file: string | null;
  callable: string;
  /** Method or attribute path after the callable: `model.predict`. */
  method: string | undefined;
}

const isName = (text: string): boolean => /^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(text);
/** Accepts more than an identifier: `my-model.predict` is not a valid module name but still identifies a file. */
const isModulePart = (text: string): boolean => /^[\p{L}\p{M}\p{N}_-]+$/u.test(text);

/**
 * Parses `MODULE:CALLABLE`, `MODULE:Class.method`, `MODULE:object.attribute.method`, and `path/to/file.py:…` as in
 * cog.yaml.
 *
 * @throws ENTRY_INVALID
 */
export function parseEntry(entry: string): EntryName {
  const colon = entry.lastIndexOf(':');
  const location = entry.slice(0, Math.max(colon, 0)).trim();
  const names = entry
    .slice(colon + 1)
    .trim()
    .split('.');
  const isFile = location.endsWith('.py') && location !== '.py';
  const isModule = location !== '' && location.split('.').every(isModulePart);
  if (colon < 1 || !(isFile || isModule) || !names.every(isName)) {
    throw new BerthError('ENTRY_INVALID', `“${entry}” is not a valid entry`, { entry });
  }
  const [callable = '', ...attributes] = names;
  const method = attributes.length > 0 ? attributes.join('.') : undefined;
  return isFile
    ? { module: null, file: location.replace(/^(\.\/)+/, ''), callable, method }
    : { module: location, file: null, callable, method };
}
