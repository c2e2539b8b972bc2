import type { Parameter } from '../../contract/facts.js';

/** Names in annotations of JSON types, whose values need no conversion. */
const jsonNames = new Set([
  'str',
  'int',
  'float',
  'bool',
  'None',
  'NoneType',
  'object',
  'Any',
  'Optional',
  'Union',
  'typing',
  'list',
  'List',
  'Sequence',
  'Iterable',
  'Collection',
  'dict',
  'Dict',
  'Mapping',
  'MutableMapping',
  'collections',
  'abc',
]);

/** Usual import names of libraries whose types have no conversion from JSON. */
const arrayLibraries = new Set([
  'np',
  'numpy',
  'npt',
  'torch',
  'pd',
  'pandas',
  'PIL',
  'tf',
  'tensorflow',
  'jax',
  'jnp',
  'scipy',
]);

/** Matches dicts with keys other than strings, the only keys of JSON objects. */
const otherKeys = /\b(?:dict|Dict|Mapping|MutableMapping)\[\s*(?!(?:typing\.)?Any\b|str\b)/;

/**
 * Lists the parameters, as written, that do not take a plain JSON value. The host process converts and checks it by the
 * annotation (`when: date`) or by the default (`n: int = Field(ge=1)`).
 */
export const listConvertedParameters = (parameters: readonly Parameter[]): string[] =>
  parameters.filter(isConverted).map(formatParameter);

const isConverted = ({ kind, annotation, isDeclared }: Parameter): boolean =>
  kind !== 'variadic' && (isDeclared === true || (annotation !== null && needsConversion(annotation)));

/** Returns true if an annotation is more specific than a JSON type. An unknown name may be. */
export function needsConversion(annotation: string): boolean {
  const names = annotation.match(/[\p{L}_][\p{L}\p{M}\p{N}_.]*/gu) ?? [];
  return otherKeys.test(annotation) || names.some((name) => !isJsonType(name));
}

function isJsonType(name: string): boolean {
  const parts = name.split('.');
  return arrayLibraries.has(parts[0] ?? '') ? parts.length > 1 : parts.every((part) => jsonNames.has(part));
}

const formatParameter = ({ name, annotation }: Parameter): string =>
  annotation === null ? name : `${name}: ${annotation}`;
