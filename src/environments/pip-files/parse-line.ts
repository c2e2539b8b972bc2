import { parseArgs } from 'node:util';
import { describeLocation, type SourceLine } from './source-line.js';
import { unresolvedError } from './unresolved-error.js';

/** A line of a requirement file, with parsed options. uv parses the requirement itself. */
export interface ParsedLine {
  /** The requirement as written, without options; null for a line with options only. */
  requirement: string | null;
  isEditable: boolean;
  /** `sha256:…`. */
  hashes: string[];
  /** `KEY=VALUE` for the build of this requirement. */
  configSettings: string[];
  /** Options of the whole installation, in order. */
  options: { name: OptionName; value: string }[];
}

/** Every option that pip accepts in a requirement file, and whether it has a value. */
const knownOptions = {
  'index-url': { type: 'string', short: 'i' },
  'pypi-url': { type: 'string' },
  'extra-index-url': { type: 'string' },
  'no-index': { type: 'boolean' },
  constraint: { type: 'string', short: 'c' },
  requirement: { type: 'string', short: 'r' },
  'find-links': { type: 'string', short: 'f' },
  'no-binary': { type: 'string' },
  'only-binary': { type: 'string' },
  'prefer-binary': { type: 'boolean' },
  'require-hashes': { type: 'boolean' },
  pre: { type: 'boolean' },
  'trusted-host': { type: 'string' },
  'use-feature': { type: 'string' },
  // Options of one requirement, and options of earlier pips.
  hash: { type: 'string' },
  'config-settings': { type: 'string' },
  'config-setting': { type: 'string' },
  'global-option': { type: 'string' },
  'install-option': { type: 'string' },
  'build-option': { type: 'string' },
  'process-dependency-links': { type: 'boolean' },
  'use-wheel': { type: 'boolean' },
  'no-use-wheel': { type: 'boolean' },
  'always-unzip': { type: 'boolean', short: 'Z' },
} as const;

export type OptionName = keyof typeof knownOptions;

const optionNames = Object.keys(knownOptions) as OptionName[];

/**
 * Parses a line of a requirement file.
 *
 * @throws DEPENDENCY_UNRESOLVED when the line has an option that pip does not have, or an option without its value.
 */
export function parseLine(line: SourceLine): ParsedLine {
  const [, editable] = /^(?:-e|--editable(?=[\s=]))[\s=]*(.*)$/s.exec(line.text) ?? [];
  const text = editable ?? line.text;
  const start = text.startsWith('-') ? 0 : text.search(/\s--?[a-zA-Z]/);
  const requirement = (start === -1 ? text : text.slice(0, start)).trim().replace(/^(["'])(.*)\1$/s, '$2');
  if (editable !== undefined && requirement === '') throw invalidLineError(line, '-e needs a value');
  const parsed: ParsedLine = {
    requirement: requirement === '' ? null : requirement,
    isEditable: editable !== undefined,
    hashes: [],
    configSettings: [],
    options: [],
  };
  if (start === -1) return parsed;
  const args = splitWords(text.slice(start)).map((word) => completeName(word));
  const { tokens } = parseArgs({ args, options: knownOptions, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'option') readOption(parsed, line, token);
    if (token.kind === 'positional') throw invalidLineError(line, `“${token.value}” belongs to no option`);
  }
  return parsed;
}

interface OptionToken {
  name: string;
  rawName: string;
  value?: string | undefined;
}

function readOption(parsed: ParsedLine, line: SourceLine, { name: written, rawName, value }: OptionToken): void {
  const name = optionNames.find((option) => option === written);
  if (name === undefined) throw invalidLineError(line, `pip has no option ${rawName} in a requirement file`);
  if (knownOptions[name].type === 'string' && (value === undefined || value === ''))
    throw invalidLineError(line, `${rawName} needs a value`);
  const text = value ?? '';
  if (name === 'hash') parsed.hashes.push(text);
  else if (name === 'config-settings' || name === 'config-setting') parsed.configSettings.push(text);
  else parsed.options.push({ name, value: text });
}

const invalidLineError = (line: SourceLine, problem: string) =>
  unresolvedError(`${describeLocation(line)}: ${problem}`);

/** Splits a text into words as a shell does, with quotes. */
export const splitWords = (text: string): string[] =>
  (text.match(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g) ?? []).map((word) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );

/** Completes an abbreviated long option, which pip accepts if it is unique. */
function completeName(word: string): string {
  const [, written, rest = ''] = /^--([\w-]+)(=[\s\S]*)?$/.exec(word) ?? [];
  if (written === undefined || optionNames.some((name) => name === written)) return word;
  const [name, ...others] = optionNames.filter((option) => option.startsWith(written));
  return name === undefined || others.length > 0 ? word : `--${name}${rest}`;
}
