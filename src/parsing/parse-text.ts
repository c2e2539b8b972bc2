import { LineCounter, parseDocument } from 'yaml';
import { describeParseError } from './describe-parse-error.js';
import { parseInThread } from './parse-in-thread.js';

/** A parsed value, or the problem that prevented parsing. `line` counts from 1. */
export type Parsed =
  | { value: unknown; problem?: undefined }
  | { line?: number | undefined; problem: string; cause?: unknown };

export interface ParseLimits {
  /** Characters parsed in the calling thread, which takes a few milliseconds. A longer text gets a separate thread. */
  maxInlineCharacters: number;
  /** Bytes of the value as JSON that a thread may return. */
  maxBytes?: number;
}

/** Parses a TOML, JSON or YAML text. Never throws, and never blocks the event loop. */
export async function parseText(format: 'toml' | 'json' | 'yaml', text: string, limits: ParseLimits): Promise<Parsed> {
  if (format === 'json') return parseJson(text);
  if (text.length > limits.maxInlineCharacters) return await parseInThread(format, text, limits.maxBytes);
  return format === 'toml' ? await parseToml(text) : parseYaml(text);
}

/** Parses JSON. Only some of the parser's messages contain the position of the error. */
function parseJson(text: string): Parsed {
  try {
    return { value: JSON.parse(text) };
  } catch (cause) {
    const problem = describeParseError(cause);
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
    return { line: cause instanceof TomlError ? cause.line : undefined, problem: describeParseError(cause), cause };
  }
}

function parseYaml(text: string): Parsed {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined)
      return { line: lines.linePos(error.pos[0]).line, problem: describeParseError(error), cause: error };
    return { value: document.toJS() ?? {} };
  } catch (cause) {
    return { problem: describeParseError(cause), cause };
  }
}
