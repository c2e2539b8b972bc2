import { buildValue } from './build-value.js';
import { JsonNumber, parseNumber } from './json-number.js';

export type ReadJson = (text: string) => unknown;

/**
 * Parses JSON like `JSON.parse`, but returns an integer beyond 2^53 as a bigint, because a number would lose digits.
 *
 * @throws SyntaxError when the text is not JSON.
 */
export function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (text.length < shortLength && !manyDigits.test(text)) return value;
  return isWithin2to53(value) ? value : buildValue(text, { readNumber: parseNumber });
}

/** Length in characters below which scanning the text is faster than scanning the value. */
const shortLength = 1_000;
/** The number of digits of the smallest integer beyond 2^53. */
const manyDigits = /\d{16}/;

/**
 * Parses JSON like `JSON.parse`, but returns a number that JavaScript would write differently as a JsonNumber.
 *
 * @throws SyntaxError when the text is not JSON.
 */
export function readExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return unusualNumber.test(text) ? buildValue(text, { readNumber: readExactNumber }) : value;
}

/** Matches the start of a number that may be more than a short integer. Strings may match, too. */
const unusualNumber = /(?:^|[[,:\s])(?:-0|-?(?:\d{16}|\d+[.eE]))/;

export function readExactNumber(token: string): number | JsonNumber {
  const value = Number(token);
  const isExact = Number.isSafeInteger(value) || !Number.isInteger(value);
  return isExact && String(value) === token ? value : new JsonNumber(token);
}

/** Not recursive, because JSON may be nested deeper than the stack. For few, large values faster than scanning the text. */
function isWithin2to53(value: unknown): boolean {
  if (typeof value === 'number') return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
  if (typeof value !== 'object' || value === null) return true;
  const pending: object[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const items: unknown[] = Array.isArray(next) ? next : Object.values(next);
    for (const item of items) {
      if (typeof item === 'number') {
        if (item > Number.MAX_SAFE_INTEGER || item < Number.MIN_SAFE_INTEGER) return false;
      } else if (typeof item === 'object' && item !== null) pending.push(item);
    }
  }
  return true;
}
