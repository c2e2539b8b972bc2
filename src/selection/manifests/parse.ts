import { parse as parseTomlText, TomlError } from 'smol-toml';
import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { manifestInvalid } from './invalid.js';
import { parseInThread } from './parse-in-thread.js';

const Mapping = z.record(z.string(), z.unknown());
export type Mapping = z.infer<typeof Mapping>;

/** Characters that are parsed at once: they take a few milliseconds. More go to a thread. */
const shortText = 8_000;

/** What a parser makes of a text, or what is wrong with it. */
type Parsed = { value: unknown; problem?: undefined } | { line?: number | undefined; problem: string; cause?: unknown };

export const parseToml = (file: string, text: string): Promise<Mapping> => parse(file, text, 'toml');

/** YAML, and with it JSON. An empty file is an empty mapping. */
export const parseYaml = (file: string, text: string): Promise<Mapping> => parse(file, text, 'yaml');

/** Throws MANIFEST_INVALID, whatever is wrong: what the file holds is never a fault of the parser's. */
async function parse(file: string, text: string, format: 'toml' | 'yaml'): Promise<Mapping> {
  const parsed: Parsed = text.length > shortText ? await parseInThread(format, text) : parseShort(format, text);
  if (parsed.problem !== undefined) throw manifestInvalid(file, parsed.line, parsed.problem, parsed.cause);
  const mapping = Mapping.safeParse(parsed.value);
  if (!mapping.success) throw manifestInvalid(file, 1, 'holds no mapping of keys');
  return mapping.data;
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
export const asMapping = (value: unknown): Mapping => Mapping.safeParse(value).data ?? {};
export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const asTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
