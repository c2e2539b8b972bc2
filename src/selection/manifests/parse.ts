import { parse as parseTomlText, TomlError } from 'smol-toml';
import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { manifestInvalid } from './invalid.js';

const Mapping = z.record(z.string(), z.unknown());
export type Mapping = z.infer<typeof Mapping>;

export function parseToml(file: string, text: string): Mapping {
  try {
    return parseTomlText(text);
  } catch (error) {
    if (error instanceof TomlError) throw manifestInvalid(file, error.line, error.message, error);
    throw error;
  }
}

/** YAML, and with it JSON. An empty file is an empty mapping. */
export function parseYaml(file: string, text: string): Mapping {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) throw manifestInvalid(file, lines.linePos(error.pos[0]).line, error.message, error);
  const parsed = Mapping.safeParse(document.toJS() ?? {});
  if (!parsed.success) throw manifestInvalid(file, 1, 'holds no mapping of keys');
  return parsed.data;
}

/** Loose reading of what tools' files hold: anything that is not as expected counts as absent. */
export const asMapping = (value: unknown): Mapping => Mapping.safeParse(value).data ?? {};
export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const asTexts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
