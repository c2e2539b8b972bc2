import { parseText } from '../../parsing/parse-text.js';
import { manifestInvalidError } from './manifest-error.js';

export type Mapping = Record<string, unknown>;

/** Characters that are parsed at once: they take a few milliseconds. More go to a thread. */
const maxInlineLength = 8_000;

export const parseToml = (file: string, text: string): Promise<Mapping> => parseDocument(file, text, 'toml');

/** YAML, and with it JSON. An empty file is an empty mapping. */
export const parseYaml = (file: string, text: string): Promise<Mapping> => parseDocument(file, text, 'yaml');

/** JSON alone, as the tools that own the file read it: comments, say, are refused. */
export async function parseJson(file: string, text: string): Promise<Mapping> {
  try {
    const value: unknown = JSON.parse(text);
    if (isMapping(value)) return value;
  } catch (cause) {
    await parseYaml(file, text); // which says where it is wrong, where that is wrong to YAML, too
    throw manifestInvalidError(file, undefined, `is no JSON: ${(cause as Error).message}`, cause);
  }
  throw manifestInvalidError(file, 1, 'holds no mapping of keys');
}

/** Throws MANIFEST_INVALID, whatever is wrong: what the file holds is never a fault of the parser's. */
async function parseDocument(file: string, text: string, format: 'toml' | 'yaml'): Promise<Mapping> {
  const parsed = await parseText(format, text, { maxInlineCharacters: maxInlineLength });
  if (parsed.problem !== undefined) throw manifestInvalidError(file, parsed.line, parsed.problem, parsed.cause);
  if (!isMapping(parsed.value)) throw manifestInvalidError(file, 1, 'holds no mapping of keys');
  return parsed.value;
}

/** Loose reading of what tools' files hold: anything that is not as expected counts as absent. */
export const asMapping = (value: unknown): Mapping => (isMapping(value) ? value : {});
export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const asTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
