import { parse as parseTomlText, TomlError } from 'smol-toml';
import { LineCounter, parseDocument } from 'yaml';
import { parseInThread } from '../../parse-in-thread.js';
import { manifestInvalid } from './invalid.js';

export type Mapping = Record<string, unknown>;

/** Characters that are parsed at once: they take a few milliseconds. More go to a thread. */
const shortText = 8_000;

/** What a parser makes of a text, or what is wrong with it. */
type Parsed = { value: unknown; problem?: undefined } | { line?: number | undefined; problem: string; cause?: unknown };

export const parseToml = (file: string, text: string): Promise<Mapping> => parse(file, text, 'toml');

/** YAML, and with it JSON. An empty file is an empty mapping. */
export const parseYaml = (file: string, text: string): Promise<Mapping> => parse(file, text, 'yaml');

/** JSON alone, as the tools that own the file read it: comments, say, are refused. */
export async function parseJson(file: string, text: string): Promise<Mapping> {
  try {
    const value: unknown = JSON.parse(text);
    if (isMapping(value)) return value;
  } catch (cause) {
    await parseYaml(file, text); // which says where it is wrong, where that is wrong to YAML, too
    throw manifestInvalid(file, undefined, `is no JSON: ${(cause as Error).message}`, cause);
  }
  throw manifestInvalid(file, 1, 'holds no mapping of keys');
}

/** Throws MANIFEST_INVALID, whatever is wrong: what the file holds is never a fault of the parser's. */
async function parse(file: string, text: string, format: 'toml' | 'yaml'): Promise<Mapping> {
  const parsed: Parsed = text.length > shortText ? await parseInThread(format, text) : parseShort(format, text);
  if (parsed.problem !== undefined) throw manifestInvalid(file, parsed.line, parsed.problem, parsed.cause);
  if (!isMapping(parsed.value)) throw manifestInvalid(file, 1, 'holds no mapping of keys');
  return parsed.value;
}

function parseShort(format: 'toml' | 'yaml', text: string): Parsed {
  try {
    return format === 'toml' ? { value: parseTomlText(text) } : parseShortYaml(text);
  } catch (cause) {
    const line = cause instanceof TomlError ? cause.line : undefined;
    return { line, problem: cause instanceof Error ? cause.message : String(cause), cause };
  }
}

function parseShortYaml(text: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) return { line: lines.linePos(error.pos[0]).line, problem: error.message, cause: error };
  return { value: document.toJS() ?? {} };
}

/** Loose reading of what tools' files hold: anything that is not as expected counts as absent. */
export const asMapping = (value: unknown): Mapping => (isMapping(value) ? value : {});
export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const asTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
