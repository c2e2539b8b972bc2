import { buildValue } from './build-value.js';
import { JsonNumber, parseNumber } from './json-number.js';

/** Reads JSON text as a value. */
export type ReadJson = (text: string) => unknown;

/** As `JSON.parse`, but an integer beyond 2^53, of which a number loses digits, is a bigint. @throws SyntaxError */
export function readJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (text.length < shortLength && !manyDigits.test(text)) return value;
  return isWithin2to53(value) ? value : buildValue(text, { readNumber: parseNumber });
}

/** Characters of text that are looked through sooner than a value is. */
const shortLength = 1_000;
/** As many as the smallest integer beyond 2^53 has. */
const manyDigits = /\d{16}/;

/** As `JSON.parse`, but a number that JavaScript writes otherwise is a JsonNumber: nothing of it is lost. @throws SyntaxError */
export function readExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return unusualNumber.test(text) ? buildValue(text, { readNumber: readExactNumber }) : value;
}

/** Where a number may begin that is more than a short integer; strings can look alike. */
const unusualNumber = /(?:^|[[,:\s])(?:-0|-?(?:\d{16}|\d+[.eE]))/;

export function readExactNumber(token: string): number | JsonNumber {
  const value = Number(token);
  const isExact = Number.isSafeInteger(value) || !Number.isInteger(value);
  return isExact && String(value) === token ? value : new JsonNumber(token);
}

/** Without recursion, which JSON may exceed. Cheaper than a look at the text: most values are few and large. */
function isWithin2to53(value: unknown): boolean {
  if (typeof value === 'number') return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
  if (typeof value !== 'object' || value === null) return true;
  const rest: object[] = [value];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const items: unknown[] = Array.isArray(next) ? next : Object.values(next);
    for (const item of items) {
      if (typeof item === 'number') {
        if (item > Number.MAX_SAFE_INTEGER || item < Number.MIN_SAFE_INTEGER) return false;
      } else if (typeof item === 'object' && item !== null) rest.push(item);
    }
  }
  return true;
}
