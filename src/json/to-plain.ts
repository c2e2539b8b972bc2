import { setOwnProperty } from './build-value.js';
import { buildDataUri, getBytes, readBlobAsDataUri } from './data-uri.js';
import { createNestingError, describePath, InvalidInputsError } from './invalid-inputs-error.js';
import { isPlainObject } from './is-plain.js';
import { isTagged } from './is-tagged.js';
import { JsonNumber } from './json-number.js';

/** Content of each Blob and File as a data URI; undefined until it is read. */
type Blobs = Map<Blob, string | undefined>;

/**
 * Converts inputs to JSON values, bigints and JsonNumbers. Returns a promise only if a Blob or a File has to be read.
 *
 * @throws InvalidInputsError when JSON cannot represent a value. The message names the first path.
 */
export function toPlain(inputs: unknown): unknown {
  const blobs: Blobs = new Map();
  const plain = convertAll(inputs, blobs);
  return blobs.size === 0 ? plain : readAll(blobs).then(() => convertAll(inputs, blobs));
}

function convertAll(inputs: unknown, blobs: Blobs): unknown {
  try {
    return convert(inputs, { path: [], parents: new Set(), blobs });
  } catch (error) {
    throw error instanceof RangeError ? createNestingError() : error;
  }
}

async function readAll(blobs: Blobs): Promise<void> {
  await Promise.all([...blobs.keys()].map(async (blob) => blobs.set(blob, await readBlobAsDataUri(blob))));
}

interface ConversionContext {
  path: readonly (string | number)[];
  /** The objects that contain the value. */
  parents: ReadonlySet<object>;
  blobs: Blobs;
}

function convert(value: unknown, context: ConversionContext): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw createConversionError(context, String(value));
      return value;
    case 'object':
      return value === null ? null : convertObject(value, context);
    default:
      throw createConversionError(context, value === undefined ? 'undefined' : `a ${typeof value}`);
  }
}

function convertObject(value: object, context: ConversionContext): unknown {
  if (value instanceof JsonNumber) return value;
  const bytes = getBytes(value);
  if (bytes !== undefined) return buildDataUri(bytes);
  if (isTagged(value, 'Blob', 'File')) return convertBlob(value as Blob, context); // checked by its tag
  if (isTagged(value, 'String', 'Number', 'Boolean', 'BigInt')) return convert(value.valueOf(), context);
  if (context.parents.has(value))
    throw new InvalidInputsError(`${describePath(context.path)} contains itself, which JSON cannot hold`);
  const inside = { ...context, parents: new Set([...context.parents, value]) };
  if (Array.isArray(value)) return convertList(value, inside);
  if (ArrayBuffer.isView(value) || isTagged(value, 'Set'))
    return convertList([...(value as unknown as Iterable<unknown>)], inside); // a typed array or a Set
  if (isTagged(value, 'Map')) return convertMembers(listMembers(value as Map<unknown, unknown>, context), inside);
  if ('toJSON' in value && typeof value.toJSON === 'function') return convertWithToJson(value, inside);
  if (!isPlainObject(value)) checkInstance(value, context);
  return convertMembers(Object.entries(value), inside);
}

function convertBlob(blob: Blob, { blobs }: ConversionContext): unknown {
  if (!blobs.has(blob)) blobs.set(blob, undefined);
  return blobs.get(blob);
}

/** Reads items by index, so a gap in the array is undefined. */
const convertList = (items: readonly unknown[], context: ConversionContext): unknown[] =>
  Array.from({ length: items.length }, (_, index) =>
    convert(items[index], { ...context, path: [...context.path, index] }),
  );

/** Omits undefined members. */
function convertMembers(members: readonly [string, unknown][], context: ConversionContext): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [name, item] of members)
    if (item !== undefined) setOwnProperty(object, name, convert(item, { ...context, path: [...context.path, name] }));
  return object;
}

function listMembers(map: Map<unknown, unknown>, context: ConversionContext): [string, unknown][] {
  const other = [...map.keys()].find((key) => typeof key !== 'string');
  if (other === undefined) return [...map] as [string, unknown][]; // all keys are strings
  throw createConversionError(context, `a Map with the key ${String(other)}, which is not a string`);
}

/** Calls `toJSON`: a Date becomes ISO 8601, a URL its text. */
function convertWithToJson(value: object, context: ConversionContext): unknown {
  const { toJSON } = value as { toJSON: (key: string) => unknown };
  const shown: unknown = toJSON.call(value, String(context.path.at(-1) ?? ''));
  if (shown === null && isTagged(value, 'Date')) throw createConversionError(context, 'an invalid Date');
  if (shown === undefined) throw createConversionError(context, describeType(value));
  return convert(shown, context);
}

/** Accepts an instance of a class only if its data is in fields that JSON can see. */
function checkInstance(value: object, context: ConversionContext): void {
  const isStream = Symbol.iterator in value || Symbol.asyncIterator in value;
  if (isStream || !isTagged(value, 'Object') || Object.keys(value).length === 0)
    throw createConversionError(context, describeType(value));
}

const describeType = (value: object): string => `a ${value.constructor?.name || 'object'}`;

const createConversionError = ({ path }: ConversionContext, what: string): InvalidInputsError =>
  new InvalidInputsError(`${describePath(path)} is ${what}, which JSON cannot hold`);
