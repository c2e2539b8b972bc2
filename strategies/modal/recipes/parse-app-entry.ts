import { type EntryName, parseEntry } from '../../../src/adaptation/shapes/parse-entry.js';
import { BerthError } from '../../../src/errors.js';

/** An `--entry` for an app: `cloud:Model(size=3).run`, `cloud:serve/predict`, or `/predict` alone. */
export interface AppEntry {
  /** Undefined when the entry is only a path. */
  name: EntryName | undefined;
  /** Values of the class's parameters for every call. */
  values: Record<string, string | number | boolean>;
  /** Path at which a web server takes inputs. */
  path: string | undefined;
}

const entryPattern = /^((?:[^:(]*:)?[^:(/]*)(?:\((.*)\))?(\.\w+)?(\/\S*)?$/s;

/** @throws ENTRY_INVALID when the entry names no function. */
export function parseAppEntry(entryText: string): AppEntry {
  const [, target = '', values = '', method = '', path] = entryPattern.exec(entryText) ?? [];
  const isPathAlone = target === '' && path !== undefined;
  return { name: isPathAlone ? undefined : parseEntry(target + method), values: parseValues(values, entryText), path };
}

/** Parses `size=3, name="large"`, in Python's syntax. Text without spaces needs no quotes. */
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
