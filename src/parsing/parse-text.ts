import { LineCounter, parseDocument } from 'yaml';
import { parseInThread } from './parse-in-thread.js';

/** What a parser makes of a text, or what is wrong with it; `line` counts from 1. */
export type Parsed =
  | { value: unknown; problem?: undefined }
  | { line?: number | undefined; problem: string; cause?: unknown };

export interface ParseLimits {
  /** Characters that are parsed at once, within a few milliseconds. More go to a thread. */
  maxInlineCharacters: number;
  /** Bytes of the value that a thread may answer with, as JSON. */
  maxBytes?: number;
}

/** Parses a TOML, JSON or YAML text. Never throws, and never holds up the event loop. */
export async function parseText(format: 'toml' | 'json' | 'yaml', text: string, limits: ParseLimits): Promise<Parsed> {
  if (format === 'json') return parseJson(text);
  if (text.length > limits.maxInlineCharacters) return await parseInThread(format, text, limits.maxBytes);
  return format === 'toml' ? await parseToml(text) : parseYaml(text);
}

/** The parser tells the place only in its message, and not of every mistake. */
function parseJson(text: string): Parsed {
  try {
    return { value: JSON.parse(text) };
  } catch (cause) {
    const problem = describe(cause);
    const position = / at position (\d+)/.exec(problem)?.[1];
    const line = position === undefined ? undefined : text.slice(0, Number(position)).split('\n').length;
    return { line, problem, cause };
  }
}

async function parseToml(text: string): Promise<Parsed> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return { value: parse(text) };
  } catch (cause) {
    return { line: cause instanceof TomlError ? cause.line : undefined, problem: describe(cause), cause };
  }
}

function parseYaml(text: string): Parsed {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) return { line: lines.linePos(error.pos[0]).line, problem: error.message, cause: error };
    return { value: document.toJS() ?? {} };
  } catch (cause) {
    return { problem: describe(cause), cause };
  }
}

const describe = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
