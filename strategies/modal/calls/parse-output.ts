import { parseNumber } from '../../../src/json/json-number.js';
import { readJson } from '../../../src/json/read-json.js';

/** Output that JSON cannot represent. */
export class InvalidOutputError extends Error {}

/** Replaces a number that JSON does not have, in text that Python wrote. */
const nonFiniteMark = '\u0000not a number:';

/**
 * Parses the JSON text that a function returned, in which Python also writes NaN and Infinity.
 *
 * @throws InvalidOutputError for those.
 */
export function parseOutput(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    const marked = text.replace(/"(?:[^"\\]|\\.)*"|NaN|-?Infinity/g, (found) =>
      found.startsWith('"') ? found : JSON.stringify(nonFiniteMark + found),
    );
    try {
      return toJsonValue(readJson(marked), 'output');
    } catch (error) {
      if (error instanceof InvalidOutputError) throw error;
      throw new InvalidOutputError(`the function returned text that is not JSON: ${text.slice(0, 200)}`);
    }
  }
}

/**
 * Converts a value from Python to JSON.
 *
 * @throws InvalidOutputError with the path of a value that JSON cannot represent.
 */
export function toJsonValue(value: unknown, path = 'output'): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' && value.startsWith(nonFiniteMark))
    throw createInvalidOutputError(path, value.slice(nonFiniteMark.length));
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return parseNumber(String(value));
  if (typeof value === 'number') return checkNumber(value, path);
  if (Array.isArray(value)) return value.map((item, index) => toJsonValue(item, `${path}[${index}]`));
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array)
    return `data:application/octet-stream;base64,${Buffer.from(value).toString('base64')}`;
  if (value instanceof Set) return toJsonValue([...value], path);
  if (value instanceof Map)
    return fromEntries(
      [...value].map(([key, item]) => [String(key), item]),
      path,
    );
  if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
    return fromEntries(Object.entries(value), path);
  throw createInvalidOutputError(path, `a ${value.constructor.name}`);
}

const fromEntries = (entries: [string, unknown][], path: string): Record<string, unknown> =>
  Object.fromEntries(entries.map(([key, item]) => [key, toJsonValue(item, `${path}.${key}`)]));

function checkNumber(value: number, path: string): number {
  if (Number.isFinite(value)) return value;
  throw createInvalidOutputError(path, String(value));
}

const createInvalidOutputError = (path: string, what: string): InvalidOutputError =>
  new InvalidOutputError(`${path} is ${what}, which JSON cannot hold`);
