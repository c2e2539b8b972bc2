import { JsonNumber } from '../json/json-number.js';
import { redact } from './redact.js';

/** Redacts secrets in all strings of a JSON value. Keys stay unchanged. */
export function redactDeep<Value>(value: Value, secrets: readonly string[]): Value {
  if (secrets.length === 0) return value;
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') return redact(part, secrets);
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== 'object' || part === null || part instanceof JsonNumber) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, walk(item)]));
  };
  return walk(value) as Value; // strings stay strings, and everything else keeps its type
}
