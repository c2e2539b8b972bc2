import { isDeepStrictEqual } from 'node:util';
import type { Example } from '../contract/example.js';
import { JsonNumber } from '../json/json-number.js';
import { shorten } from './shorten.js';

/** Relative and absolute: what a float loses between machines, far below what a wrong answer differs by. */
const tolerance = 1e-6;

/** How an output differs from what an example expects, as `path: expected X, got Y`; null when it agrees. */
export async function matchOutput(example: Example, output: unknown): Promise<string | null> {
  if (!Object.hasOwn(example, 'output')) return null;
  switch (example.match) {
    case 'exact':
      return findDifference(example.output, output, { path: 'output', isExact: true });
    case 'subset':
      return findDifference(example.output, output, { path: 'output', isExact: false });
    case 'schema':
      return await validate(example.output, output);
  }
}

interface Place {
  path: string;
  isExact: boolean;
}

function findDifference(expected: unknown, got: unknown, place: Place): string | null {
  if (Array.isArray(expected) && Array.isArray(got)) return compareLists(expected, got, place);
  if (isObject(expected) && isObject(got)) return compareObjects(expected, got, place);
  const isEqual = place.isExact ? isExactlyEqual(expected, got) : isApproximatelyEqual(expected, got);
  return isEqual ? null : `${place.path}: expected ${shorten(expected)}, got ${shorten(got)}`;
}

function compareLists(expected: unknown[], got: unknown[], { path, isExact }: Place): string | null {
  if (expected.length !== got.length) {
    return `${path}: expected ${expected.length} elements, got ${got.length}: ${shorten(got)}`;
  }
  return findFirstDifference(expected, (item, index) =>
    findDifference(item, got[index], { path: `${path}[${index}]`, isExact }),
  );
}

function compareObjects(
  expected: Record<string, unknown>,
  got: Record<string, unknown>,
  { path, isExact }: Place,
): string | null {
  const missing = Object.keys(expected).find((key) => !Object.hasOwn(got, key));
  if (missing !== undefined) return `${path}.${missing}: expected ${shorten(expected[missing])}, got nothing`;
  const surplus = isExact ? Object.keys(got).find((key) => !Object.hasOwn(expected, key)) : undefined;
  if (surplus !== undefined) return `${path}.${surplus}: expected nothing, got ${shorten(got[surplus])}`;
  return findFirstDifference(Object.keys(expected), (key) =>
    findDifference(expected[key], got[key], { path: `${path}.${key}`, isExact }),
  );
}

function findFirstDifference<Item>(
  items: Item[],
  compare: (item: Item, index: number) => string | null,
): string | null {
  for (const [index, item] of items.entries()) {
    const difference = compare(item, index);
    if (difference !== null) return difference;
  }
  return null;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);

/** Integers agree exactly, however long; where one side is a float, to what a float loses. */
function isApproximatelyEqual(expected: unknown, got: unknown): boolean {
  if (!isNumeric(expected) || !isNumeric(got)) return expected === got;
  const [wanted, found] = [toInteger(expected), toInteger(got)];
  if (wanted !== undefined && found !== undefined) return wanted === found;
  const [x, y] = [Number(expected), Number(got)];
  return Math.abs(x - y) <= tolerance * Math.max(1, Math.abs(x), Math.abs(y));
}

const isExactlyEqual = (expected: unknown, got: unknown): boolean =>
  isNumeric(expected) && isNumeric(got)
    ? (toInteger(expected) ?? Number(expected)) === (toInteger(got) ?? Number(got)) || isEqualFloat(expected, got)
    : isDeepStrictEqual(expected, got);

/** `1.0` is 1. */
const isEqualFloat = (expected: Numeric, got: Numeric): boolean =>
  (toInteger(expected) === undefined || toInteger(got) === undefined) && Number(expected) === Number(got);

type Numeric = number | bigint | JsonNumber;

const isNumeric = (value: unknown): value is Numeric =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof JsonNumber;

/** Of what was written without a fraction; beyond 2^53 a number may have lost digits, and was written as a float. */
function toInteger(value: Numeric): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return value.isInteger ? BigInt(value.text) : undefined;
}

async function validate(schema: unknown, output: unknown): Promise<string | null> {
  const validator = await compileSchema(schema);
  if (validator(toNumbers(output))) return null;
  const [error] = validator.errors ?? [];
  const path = `output${(error?.instancePath ?? '').replaceAll('/', '.')}`;
  return `${path}: expected what the schema says (${error?.message ?? 'it does not fit'}), got ${shorten(output)}`;
}

/** A schema knows numbers alone. */
const toNumbers = (value: unknown): unknown => {
  if (isNumeric(value)) return Number(value);
  if (Array.isArray(value)) return value.map(toNumbers);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toNumbers(item)]));
};

/** A JSON Schema (2020-12) as a function. Throws what is wrong with the schema. */
export async function compileSchema(schema: unknown): Promise<import('ajv').ValidateFunction> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  if (!isObject(schema) && typeof schema !== 'boolean') throw new Error('is an object or a boolean');
  return new Ajv2020({ strict: false, validateFormats: false }).compile(toNumbers(schema) as object | boolean);
}
