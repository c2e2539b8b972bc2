import { parseText } from '../../parsing/parse-text.js';

/** Characters to parse in this thread, which takes some milliseconds. Longer texts go to a worker thread. */
const maxInlineCharacters = 20_000;

/** Bytes of a parsed document as JSON; a lock of a thousand packages has two million. */
const maxTableBytes = 16_000_000;

/** An unvalidated TOML, JSON or YAML document. */
export type Table = Record<string, unknown>;

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asTable = (value: unknown): Table => (isTable(value) ? value : {});

export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const asTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** Returns the table at a path of keys, or undefined. */
export function tableAt(table: Table | undefined, ...keys: string[]): Table | undefined {
  const value = keys.reduce<unknown>((inner, key) => (isTable(inner) ? inner[key] : undefined), table);
  return isTable(value) ? value : undefined;
}

type Format = 'json' | 'yaml' | 'toml';

/**
 * Parses a document as a table. An empty document is an empty table. Throws an `Error` when the document is invalid; its
 * message starts with the location: `pixi.toml:3: …`.
 */
export async function parseTable(file: string, text: string, format: Format = detectFormat(file)): Promise<Table> {
  const parsed = await parseText(format, text, { maxInlineCharacters, maxBytes: maxTableBytes });
  if (parsed.problem !== undefined) throw invalidTableError(file, parsed.line, parsed.problem);
  const value = parsed.value ?? {};
  if (!isTable(value)) throw invalidTableError(file, 1, 'contains no mapping of keys');
  return value;
}

function invalidTableError(file: string, line: number | undefined, problem: string): Error {
  const [first = ''] = problem.split('\n');
  return new Error(`${file}${line === undefined ? '' : `:${line}`}: ${first}`);
}

function detectFormat(file: string): Format {
  if (file.endsWith('.json') || file.endsWith('Pipfile.lock')) return 'json';
  return /\.ya?ml$/.test(file) ? 'yaml' : 'toml';
}
