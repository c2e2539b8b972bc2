import { type EntryName, parseEntry } from '../../../src/adaptation/shapes/parse-entry.js';
import { BerthError } from '../../../src/errors.js';

/** What `--entry` says of an app: `cloud:Model(size=3).run`, `cloud:serve/predict`, or `/predict` alone. */
export interface AppEntry {
  /** Undefined for a path alone. */
  name: EntryName | undefined;
  /** Of the class: values that every call uses. */
  values: Record<string, string | number | boolean>;
  /** Where a web server takes its inputs. */
  path: string | undefined;
}

const entryPattern = /^((?:[^:(]*:)?[^:(/]*)(?:\((.*)\))?(\.\w+)?(\/\S*)?$/s;

/** ENTRY_INVALID for what names nothing. */
export function parseAppEntry(entryText: string): AppEntry {
  const [, place = '', values = '', method = '', path] = entryPattern.exec(entryText) ?? [];
  const isPathAlone = place === '' && path !== undefined;
  return { name: isPathAlone ? undefined : parseEntry(place + method), values: parseValues(values, entryText), path };
}

/** `size=3, name="large"`, as Python writes them; text without blanks needs no quotes. */
function parseValues(text: string, entry: string): AppEntry['values'] {
  if (text.trim() === '') return {};
  const parts = text.match(/(?:[^,"']|"(?:[^"\\]|\\.)*"|'[^']*')+/g) ?? [];
  return Object.fromEntries(
    parts.map((part) => {
      const [, name, value] = /^\s*(\w+)\s*=\s*(.+?)\s*$/s.exec(part) ?? [];
      if (name === undefined || value === undefined)
        throw new BerthError('ENTRY_INVALID', `"${entry}": ${part.trim()} is not NAME=VALUE`, { entry });
      return [name, readValue(value)];
    }),
  );
}

function readValue(entryText: string): string | number | boolean {
  if (/^(true|false)$/i.test(entryText)) return entryText.toLowerCase() === 'true';
  if (/^-?\d+$/.test(entryText)) return Number(entryText);
  const [, quoted] = /^'(.*)'$/s.exec(entryText) ?? [];
  if (quoted !== undefined) return quoted;
  return entryText.startsWith('"') ? String(JSON.parse(entryText)) : entryText;
}
