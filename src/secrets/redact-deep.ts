import { JsonNumber } from '../json/json-number.js';
import { redact } from './redact.js';

/** A JSON value without the values of secrets in any of its texts; keys stay as they are. */
export function redactDeep<Value>(value: Value, secrets: readonly string[]): Value {
  if (secrets.length === 0) return value;
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') return redact(part, secrets);
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== 'object' || part === null || part instanceof JsonNumber) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, walk(item)]));
  };
  return walk(value) as Value; // texts stay texts, and all else stays as it is
}
