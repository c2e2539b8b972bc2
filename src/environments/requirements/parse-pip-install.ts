import { parseArgs } from 'node:util';
import { splitWords } from '../pip-files/parse-line.js';

/** Converts a `pip install` command to requirement lines; returns undefined for any other command. */
export function parsePipInstall(command: string): string[] | undefined {
  const words = splitWords(command.trim());
  const start = words.indexOf('install');
  if (start < 1 || !/^((sudo|python[\d.]*|-m|uv)\s)*pip[\d.]*$/.test(words.slice(0, start).join(' '))) return undefined;
  if (/[$`|<>]\(|[`|]|\$\w/.test(command)) return undefined;
  const { tokens } = parseArgs({
    args: words.slice(start + 1),
    options: optionsWithValue,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const lines: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') lines.push(token.value);
    if (token.kind === 'option' && requirementOptions.has(token.name))
      lines.push(token.value === undefined ? `--${token.name}` : `--${token.name} ${token.value}`);
  }
  return lines;
}

/** Options of `pip install` with a value. */
const optionsWithValue = {
  requirement: { type: 'string', short: 'r' },
  constraint: { type: 'string', short: 'c' },
  editable: { type: 'string', short: 'e' },
  'index-url': { type: 'string', short: 'i' },
  'extra-index-url': { type: 'string' },
  'find-links': { type: 'string', short: 'f' },
  'no-binary': { type: 'string' },
  'only-binary': { type: 'string' },
  'trusted-host': { type: 'string' },
  target: { type: 'string', short: 't' },
  timeout: { type: 'string' },
  retries: { type: 'string' },
  python: { type: 'string' },
} as const;

const requirementOptions = new Set([
  'requirement',
  'constraint',
  'editable',
  'index-url',
  'extra-index-url',
  'find-links',
  'no-binary',
  'only-binary',
  'trusted-host',
  'no-index',
  'pre',
]);
