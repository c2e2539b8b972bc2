import { parseText } from '../../parsing/parse-text.js';

/** Characters that are parsed at once: they take some milliseconds. More go to a thread. */
const parsedAtOnce = 20_000;

/** Bytes of a parsed document, as JSON: a lock file of a thousand packages has two million. */
const maxTableBytes = 16_000_000;

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

type Format = 'json' | 'yaml' | 'toml';

/** Throws an error whose message begins with the place, `pixi.toml:3: …`. An empty document is an empty table. */
export async function parseTable(file: string, text: string, format: Format = formatOf(file)): Promise<Table> {
  const parsed = await parseText(format, text, { maxInlineCharacters: parsedAtOnce, maxBytes: maxTableBytes });
  if (parsed.problem !== undefined) throw invalidTableError(file, parsed.line, parsed.problem);
  const value = parsed.value ?? {};
  if (!isTable(value)) throw invalidTableError(file, 1, 'holds no mapping of keys');
  return value;
}

function invalidTableError(file: string, line: number | undefined, problem: string): Error {
  const [first = ''] = problem.split('\n');
  return new Error(`${file}${line === undefined ? '' : `:${line}`}: ${first}`);
}

function formatOf(file: string): Format {
  if (file.endsWith('.json') || file.endsWith('Pipfile.lock')) return 'json';
  return /\.ya?ml$/.test(file) ? 'yaml' : 'toml';
}
