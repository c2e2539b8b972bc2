import { type Document, parseDocument, visit } from 'yaml';
import { setOwnProperty } from '../json/build-value.js';
import { buildDataUri } from '../json/data-uri.js';
import { describePath, InvalidInputsError } from '../json/invalid-inputs-error.js';
import { JsonNumber } from '../json/json-number.js';

/**
 * Parses a YAML document into JSON values. Integers keep all digits, and floats stay floats.
 *
 * @throws Error for the first syntax error, or the first value that JSON cannot represent
 */
export function parseExampleYaml(text: string): unknown {
  const document = parseDocument(text, { intAsBigInt: true, merge: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw problem;
  rejectOctalLookalikes(document);
  return toJson(document.toJS({ mapAsMap: true }), []);
}

/** Rejects numbers such as `0755`: YAML 1.1 reads it as octal, YAML 1.2 as 755, and the author may mean a string. */
function rejectOctalLookalikes(document: Document): void {
  visit(document, {
    Scalar(_, { value, source = '' }) {
      const isNumber = typeof value === 'bigint' || typeof value === 'number';
      if (isNumber && /^[-+]?0\d/.test(source))
        throw new InvalidInputsError(`contains ${source}, which may mean a string or an octal number: quote it`);
    },
  });
}

type Path = readonly (string | number)[];

function toJson(value: unknown, path: Path): unknown {
  if (typeof value === 'bigint') return fromInteger(value);
  if (typeof value === 'number') return fromFloat(value, path);
  if (Array.isArray(value)) return value.map((item, index) => toJson(item, [...path, index]));
  if (value instanceof Uint8Array) return buildDataUri(Buffer.from(value)); // !!binary
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Set) return toJson([...value], path);
  if (!(value instanceof Map)) return value;
  const object: Record<string, unknown> = {};
  for (const [key, item] of value) {
    const name = toKey(key, path);
    if (Object.hasOwn(object, name))
      throw new InvalidInputsError(`${describePath(path, 'examples')} has two keys that JSON writes as "${name}"`);
    setOwnProperty(object, name, toJson(item, [...path, name]));
  }
  return object;
}

const fromInteger = (value: bigint): number | JsonNumber =>
  Number.isSafeInteger(Number(value)) ? Number(value) : new JsonNumber(String(value));

/** Converts a float; one without a fraction stays a float. */
function fromFloat(value: number, path: Path): number | JsonNumber {
  if (!Number.isFinite(value))
    throw new InvalidInputsError(`${describePath(path, 'examples')} is ${value}, which JSON cannot hold`);
  if (!Number.isInteger(value)) return value;
  const text = Object.is(value, -0) ? '-0' : String(value);
  return new JsonNumber(text.includes('e') ? text : `${text}.0`);
}

function toKey(key: unknown, path: Path): string {
  if (typeof key === 'string' || typeof key === 'bigint') return String(key);
  const place = describePath(path, 'examples');
  throw new InvalidInputsError(`${place} has the key ${JSON.stringify(key)}, but JSON keys are strings: quote it`);
}
