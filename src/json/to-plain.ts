import { setOwn } from './build-value.js';
import { bytesOf, dataUri, readBlob } from './data-uri.js';
import { isPlainObject } from './is-plain.js';
import { isTagged } from './is-tagged.js';
import { JsonNumber } from './json-number.js';
import { describePath, tooDeep, UnfitInputs } from './unfit-inputs.js';

/** The content of each Blob and File as a data URI; undefined where it is still to be read. */
type Blobs = Map<Blob, string | undefined>;

/**
 * Inputs as what JSON holds, beside bigints and JsonNumbers. A promise only where a Blob or a File has to be read.
 *
 * @throws UnfitInputs naming the first place that JSON cannot hold.
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
    throw error instanceof RangeError ? tooDeep() : error;
  }
}

async function readAll(blobs: Blobs): Promise<void> {
  await Promise.all([...blobs.keys()].map(async (blob) => blobs.set(blob, await readBlob(blob))));
}

interface Place {
  path: readonly (string | number)[];
  /** The objects around it. */
  parents: ReadonlySet<object>;
  blobs: Blobs;
}

function convert(value: unknown, place: Place): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw unfit(place, String(value));
      return value;
    case 'object':
      return value === null ? null : convertObject(value, place);
    default:
      throw unfit(place, value === undefined ? 'undefined' : `a ${typeof value}`);
  }
}

function convertObject(value: object, place: Place): unknown {
  if (value instanceof JsonNumber) return value;
  const bytes = bytesOf(value);
  if (bytes !== undefined) return dataUri(bytes);
  if (isTagged(value, 'Blob', 'File')) return convertBlob(value as Blob, place); // as its tag says
  if (isTagged(value, 'String', 'Number', 'Boolean', 'BigInt')) return convert(value.valueOf(), place);
  if (place.parents.has(value))
    throw new UnfitInputs(`${describePath(place.path)} contains itself, which JSON cannot hold`);
  const inside = { ...place, parents: new Set([...place.parents, value]) };
  if (Array.isArray(value)) return convertList(value, inside);
  if (ArrayBuffer.isView(value) || isTagged(value, 'Set'))
    return convertList([...(value as unknown as Iterable<unknown>)], inside); // numbers, or a set's values
  if (isTagged(value, 'Map')) return convertMembers(membersOf(value as Map<unknown, unknown>, place), inside);
  if ('toJSON' in value && typeof value.toJSON === 'function') return convertByItself(value, inside);
  if (!isPlainObject(value)) checkInstance(value, place);
  return convertMembers(Object.entries(value), inside);
}

function convertBlob(blob: Blob, { blobs }: Place): unknown {
  if (!blobs.has(blob)) blobs.set(blob, undefined);
  return blobs.get(blob);
}

/** By index: a gap is undefined. */
const convertList = (items: readonly unknown[], place: Place): unknown[] =>
  Array.from({ length: items.length }, (_, index) => convert(items[index], { ...place, path: [...place.path, index] }));

/** What is undefined was not given. */
function convertMembers(members: readonly [string, unknown][], place: Place): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [name, item] of members)
    if (item !== undefined) setOwn(object, name, convert(item, { ...place, path: [...place.path, name] }));
  return object;
}

function membersOf(map: Map<unknown, unknown>, place: Place): [string, unknown][] {
  const other = [...map.keys()].find((key) => typeof key !== 'string');
  if (other === undefined) return [...map] as [string, unknown][]; // all of them are texts
  throw unfit(place, `a Map with the key ${String(other)}, which is no text`);
}

/** As `JSON.stringify` takes it: a Date is its ISO 8601, a URL its text. */
function convertByItself(value: object, place: Place): unknown {
  const { toJSON } = value as { toJSON: (key: string) => unknown };
  const shown: unknown = toJSON.call(value, String(place.path.at(-1) ?? ''));
  if (shown === null && isTagged(value, 'Date')) throw unfit(place, 'an invalid Date');
  if (shown === undefined) throw unfit(place, nameOf(value));
  return convert(shown, place);
}

/** An instance is its fields, unless it keeps them where JSON does not see them. */
function checkInstance(value: object, place: Place): void {
  const isStream = Symbol.iterator in value || Symbol.asyncIterator in value;
  if (isStream || !isTagged(value, 'Object') || Object.keys(value).length === 0) throw unfit(place, nameOf(value));
}

const nameOf = (value: object): string => `a ${value.constructor?.name || 'object'}`;

const unfit = ({ path }: Place, what: string): UnfitInputs =>
  new UnfitInputs(`${describePath(path)} is ${what}, which JSON cannot hold`);
