import { parse as parseYaml } from 'yaml';
import { parseInThread } from '../../parse-in-thread.js';

/** Characters that are parsed at once: they take some milliseconds. More go to a thread. */
const parsedAtOnce = 20_000;

/** Bytes of a parsed document, as JSON: a lock file of a thousand packages has two million. */
const largestTable = 16_000_000;

/** A parsed TOML, JSON or YAML document, of which nothing is known yet. */
export type Table = Record<string, unknown>;

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asTable = (value: unknown): Table => (isTable(value) ? value : {});

export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const asTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** The table under these keys; undefined where there is none. */
export function tableAt(table: Table | undefined, ...keys: string[]): Table | undefined {
  const value = keys.reduce<unknown>((inner, key) => (isTable(inner) ? inner[key] : undefined), table);
  return isTable(value) ? value : undefined;
}

/** Throws what its format's parser does; an empty document is an empty table. */
export async function parseTable(file: string, text: string): Promise<Table> {
  const value = (await parse(file, text)) ?? {};
  if (!isTable(value)) throw new Error('it holds no table of keys');
  return value;
}

async function parse(file: string, text: string): Promise<unknown> {
  if (file.endsWith('.json') || file === 'Pipfile.lock') return JSON.parse(text);
  const format = /\.ya?ml$/.test(file) ? 'yaml' : 'toml';
  if (text.length > parsedAtOnce) {
    const parsed = await parseInThread(format, text, largestTable);
    if (parsed.problem !== undefined) throw new Error(parsed.problem);
    return parsed.value;
  }
  if (format === 'yaml') return parseYaml(text, { logLevel: 'error' });
  const { parse: parseToml } = await import('smol-toml');
  return parseToml(text);
}
