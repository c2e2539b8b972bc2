import type { Answer } from '../contract/answer.js';
import type { DoctestOutput } from '../contract/example.js';
import { JsonNumber } from '../json/json-number.js';
import { splitStrings, stripStrings } from './python-literal.js';
import { shorten } from './shorten.js';

// Doctest compares the text that Python prints for a value, but an answer is JSON. So only values that both can
// represent are compared: strings, numbers, booleans, None, and lists, tuples and dicts of them. A call whose
// documented output is anything else, such as an object or an array, must only succeed.

/** Describes how an answer differs from a doctest's output; null if it matches or cannot be compared. */
export function matchDoctest(doctest: DoctestOutput, answer: Answer): string | null {
  const exception = readException(doctest.want);
  if (exception !== undefined) return matchException(exception, doctest.options, answer);
  if (answer.status === 'error') return `expected ${shortenExpected(doctest.want)}, got an error`;
  const wanted = doctest.want.trim();
  if (!isComparable(wanted, doctest.options)) return null;
  const collapse = (text: string) => (hasFlag(doctest, 'NORMALIZE_WHITESPACE') ? text.replaceAll(/\s+/g, ' ') : text);
  const [pattern, text] = [collapse(normalizeOutput(wanted)), collapse(normalizeOutput(formatPython(answer.output)))];
  const isMatch = hasFlag(doctest, 'ELLIPSIS') ? matchEllipsis(pattern, text) : pattern === text;
  return isMatch ? null : `output: expected ${shortenExpected(wanted)}, got ${shorten(answer.output)}`;
}

const hasFlag = ({ options }: Pick<DoctestOutput, 'options'>, flag: string): boolean => options.includes(flag);

const shortenExpected = (want: string): string => (want.length <= 300 ? want : `${want.slice(0, 300)}…`);

/** Reads the exception of a documented traceback, such as `ValueError: no good`; undefined if there is no traceback. */
export function readException(want: string): string | undefined {
  if (!/^\s*Traceback \((most recent call last|innermost last)\):\s*$/m.test(want.split('\n')[0] ?? ''))
    return undefined;
  const lines = want.trimEnd().split('\n').slice(1);
  const first = lines.findIndex((line) => /^\w/.test(line));
  return first === -1 ? undefined : lines.slice(first).join('\n');
}

function matchException(expected: string, options: string[], answer: Answer): string | null {
  if (answer.status === 'success') return `expected the exception ${expected}, got ${shorten(answer.output)}`;
  const { type, message } = answer.error;
  if (type === undefined) return null; // rejected before the code ran, so there is no exception to compare
  const wanted = stripModule(expected);
  const [wantedType = ''] = wanted.split(':');
  const isMatch = options.includes('IGNORE_EXCEPTION_DETAIL')
    ? wantedType === type
    : options.includes('ELLIPSIS')
      ? matchEllipsis(wanted, message)
      : matchesMessage(wanted.trim(), message.trim());
  return isMatch ? null : `expected the exception ${expected}, got ${message}`;
}

/**
 * Matches the entire message or its first line: documentation often shortens messages, as Sphinx's doctest flags allow.
 */
const matchesMessage = (wanted: string, message: string): boolean =>
  message === wanted || message.startsWith(`${wanted}\n`);

/** Removes the module of an exception, which documentation may omit. */
const stripModule = (exception: string): string => exception.replace(/^(\w+\.)+(?=\w+(:|$))/m, '');

/** Returns true if a documented output contains only values that both JSON and Python can represent. */
function isComparable(want: string, options: string[]): boolean {
  const bare = stripStrings(options.includes('ELLIPSIS') ? want.replaceAll('...', '…') : want);
  const rest = bare.replaceAll(/\b(True|False|None)\b/g, '0');
  if (!/^[\s[\](){},:'\d.eE+…-]*$/.test(rest)) return false;
  const isSet = rest.includes('{') && !rest.includes(':') && !/\{\s*\}/.test(rest);
  const hasPairWithoutComma = /['\d\])}]\s+['\d[({-]/.test(rest); // a NumPy array
  return !isSet && !hasPairWithoutComma;
}

/** Formats a value as Python prints it, without spaces between the parts. */
function formatPython(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return formatPythonString(value);
  if (Array.isArray(value)) return `[${value.map(formatPython).join(',')}]`;
  if (typeof value !== 'object' || value instanceof JsonNumber) return normalizeNumber(String(value));
  return `{${Object.entries(value)
    .map(([key, item]) => `${formatPythonString(key)}:${formatPython(item)}`)
    .join(',')}}`;
}

function formatPythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(/(?! )[\p{C}\p{Z}]/gu, escapeCharacter);
  return `${quote}${escaped}${quote}`;
}

function escapeCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
  return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
}

/**
 * Normalizes output outside of strings: tuples become lists, numbers their value, spaces vanish. Text next to `...`
 * stays.
 */
const normalizeOutput = (text: string): string =>
  splitStrings(text)
    .map((part) => (part.isString ? part.text : normalizeCode(part.text)))
    .join('');

const normalizeCode = (code: string): string =>
  code
    .replaceAll(/\s+/g, '')
    .replaceAll('(', '[')
    .replaceAll(')', ']')
    .replaceAll(',]', ']')
    .replaceAll(/(?<!\.{3}|\d)\d+(\.\d+|\.(?!\.))?(e[+-]?\d+)?(?!\.{3}|\d)/gi, normalizeNumber);

/** Normalizes a number to its value; integers keep all digits. */
const normalizeNumber = (number: string): string =>
  /^\d+$/.test(number) ? String(BigInt(number)) : String(Number(number));

/** Matches by doctest's rule: `...` matches any text, including none. */
function matchEllipsis(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('...');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || first.length + last.length > text.length) return false;
  let start = first.length;
  const end = text.length - last.length;
  return rest.every((piece) => {
    const found = text.indexOf(piece, start);
    start = found + piece.length;
    return found !== -1 && start <= end;
  });
}
