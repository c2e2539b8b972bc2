import { JsonNumber } from './json-number.js';

/** Writes JSON values, and bigints and JsonNumbers with all their digits. */
export function writeJson(value: unknown): string {
  return isLossless(value) ? (JSON.stringify(value) ?? 'null') : writeExactly(value);
}

/** Checks whether `JSON.stringify` writes the value without a loss. */
function isLossless(value: unknown): boolean {
  if (typeof value === 'bigint') return false;
  if (typeof value === 'number') return !Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return true;
  const pending: object[] = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next instanceof JsonNumber) return false;
    const items: unknown[] = Array.isArray(next) ? next : Object.values(next);
    for (const item of items) {
      if (typeof item === 'object') {
        if (item !== null) pending.push(item);
      } else if (typeof item === 'bigint' || Object.is(item, -0)) return false;
    }
  }
  return true;
}

function writeExactly(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Object.is(value, -0)) return '-0.0';
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(writeExactly).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if ('toJSON' in value && typeof value.toJSON === 'function') return writeExactly(value.toJSON());
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${writeExactly(item)}`).join(',')}}`;
}
