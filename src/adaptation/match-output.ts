import { isDeepStrictEqual } from 'node:util';
import type { Example } from '../contract/example.js';
import { JsonNumber } from '../json/json-number.js';
import { shorten } from './shorten.js';

/** Relative and absolute tolerance: covers float differences between machines, far below those of a wrong answer. */
const tolerance = 1e-6;

/** Describes how an output differs from an example's, as `path: expected X, got Y`; null if it matches. */
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

interface Comparison {
  path: string;
  isExact: boolean;
}

function findDifference(expected: unknown, got: unknown, comparison: Comparison): string | null {
  if (Array.isArray(expected) && Array.isArray(got)) return compareLists(expected, got, comparison);
  if (isObject(expected) && isObject(got)) return compareObjects(expected, got, comparison);
  const isEqual = comparison.isExact ? isExactlyEqual(expected, got) : isApproximatelyEqual(expected, got);
  return isEqual ? null : `${comparison.path}: expected ${shorten(expected)}, got ${shorten(got)}`;
}

function compareLists(expected: unknown[], got: unknown[], { path, isExact }: Comparison): string | null {
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
  { path, isExact }: Comparison,
): string | null {
  const missing = Object.keys(expected).find((key) => !Object.hasOwn(got, key));
  if (missing !== undefined) return `${path}.${missing}: expected ${shorten(expected[missing])}, got nothing`;
  const extra = isExact ? Object.keys(got).find((key) => !Object.hasOwn(expected, key)) : undefined;
  if (extra !== undefined) return `${path}.${extra}: expected nothing, got ${shorten(got[extra])}`;
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

/** Compares integers of any length exactly; if one side is a float, within the tolerance. */
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

/** Compares by value if one side is a float, so that `1.0` equals 1. */
const isEqualFloat = (expected: Numeric, got: Numeric): boolean =>
  (toInteger(expected) === undefined || toInteger(got) === undefined) && Number(expected) === Number(got);

type Numeric = number | bigint | JsonNumber;

const isNumeric = (value: unknown): value is Numeric =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof JsonNumber;

/** Returns a number written without a fraction as an integer. A plain number beyond 2^53 was written as a float. */
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
  return `${path}: does not match the schema (${error?.message ?? 'no details'}), got ${shorten(output)}`;
}

/** Converts all numbers to plain ones, the only kind that the schema validator supports. */
const toNumbers = (value: unknown): unknown => {
  if (isNumeric(value)) return Number(value);
  if (Array.isArray(value)) return value.map(toNumbers);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toNumbers(item)]));
};

/**
 * Compiles a JSON Schema (2020-12) into a validator.
 *
 * @throws Error with the reason when the schema is invalid
 */
export async function compileSchema(schema: unknown): Promise<import('ajv').ValidateFunction> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  if (!isObject(schema) && typeof schema !== 'boolean') throw new Error('is an object or a boolean');
  return new Ajv2020({ strict: false, validateFormats: false }).compile(toNumbers(schema) as object | boolean);
}
