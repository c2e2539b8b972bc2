import { parseArgs } from 'node:util';
import { describeLocation, type SourceLine } from './source-line.js';
import { unresolvedError } from './unresolved-error.js';

/** One line of a requirement file, understood as far as pip's own options go; the requirement itself is left to uv. */
export interface ParsedLine {
  /** As written, without options; null for a line that holds options alone. */
  requirement: string | null;
  isEditable: boolean;
  /** `sha256:…`. */
  hashes: string[];
  /** `KEY=VALUE` for the build of this one requirement. */
  configSettings: string[];
  /** Options for the whole installation, name and value, in their order. */
  options: { name: OptionName; value: string }[];
}

/** Every option that pip takes in a requirement file, and whether it takes a value. */
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
  // Of one requirement, and those of earlier pips.
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

/** Throws DEPENDENCY_UNRESOLVED for an option that pip has not. */
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
  const name = optionNames.find((one) => one === written);
  if (name === undefined) throw invalidLineError(line, `pip has no option ${rawName} in a requirement file`);
  if (knownOptions[name].type === 'string' && (value === undefined || value === ''))
    throw invalidLineError(line, `${rawName} needs a value`);
  const given = value ?? '';
  if (name === 'hash') parsed.hashes.push(given);
  else if (name === 'config-settings' || name === 'config-setting') parsed.configSettings.push(given);
  else parsed.options.push({ name, value: given });
}

const invalidLineError = (line: SourceLine, problem: string) =>
  unresolvedError(`${describeLocation(line)}: ${problem}`);

/** As a shell splits: white space parts words, quotes keep it. */
export const splitWords = (text: string): string[] =>
  (text.match(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g) ?? []).map((word) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );

/** pip takes a long option's beginning too, where only one begins so. */
function completeName(word: string): string {
  const [, written, rest = ''] = /^--([\w-]+)(=[\s\S]*)?$/.exec(word) ?? [];
  if (written === undefined || optionNames.some((name) => name === written)) return word;
  const [name, ...others] = optionNames.filter((one) => one.startsWith(written));
  return name === undefined || others.length > 0 ? word : `--${name}${rest}`;
}
