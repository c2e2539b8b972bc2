import { parseText } from '../../parsing/parse-text.js';
import { manifestInvalidError } from './manifest-error.js';

export type Mapping = Record<string, unknown>;

/** Maximum characters parsed on the calling thread, which takes a few milliseconds. Longer text goes to a worker thread. */
const maxInlineLength = 8_000;

export const parseToml = (file: string, text: string): Promise<Mapping> => parseDocument(file, text, 'toml');

/** Parses YAML, which includes JSON. An empty file is an empty mapping. */
export const parseYaml = (file: string, text: string): Promise<Mapping> => parseDocument(file, text, 'yaml');

/** Parses strict JSON, as the tools that own the file do: comments, for example, are rejected. */
export async function parseJson(file: string, text: string): Promise<Mapping> {
  try {
    const value: unknown = JSON.parse(text);
    if (isMapping(value)) return value;
  } catch (cause) {
    await parseYaml(file, text); // its error has the line, if this is invalid YAML too
    throw manifestInvalidError(file, undefined, `is not valid JSON: ${(cause as Error).message}`, cause);
  }
  throw manifestInvalidError(file, 1, 'is not a mapping of keys');
}

/**
 * Parses a TOML or YAML document into a mapping.
 *
 * @throws MANIFEST_INVALID when the content cannot be parsed
 */
async function parseDocument(file: string, text: string, format: 'toml' | 'yaml'): Promise<Mapping> {
  const parsed = await parseText(format, text, { maxInlineCharacters: maxInlineLength });
  if (parsed.problem !== undefined) throw manifestInvalidError(file, parsed.line, parsed.problem, parsed.cause);
  if (!isMapping(parsed.value)) throw manifestInvalidError(file, 1, 'is not a mapping of keys');
  return parsed.value;
}

/** Reads a value of another tool's file loosely: a value of the wrong type counts as absent. */
export const asMapping = (value: unknown): Mapping => (isMapping(value) ? value : {});
export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const asTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
