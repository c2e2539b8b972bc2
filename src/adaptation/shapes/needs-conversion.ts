import type { Parameter } from '../../contract/facts.js';

/** Names in annotations of what JSON has itself: a value arrives as the code expects it. */
const jsonNames = new Set([
  ...['str', 'int', 'float', 'bool', 'None', 'NoneType', 'object', 'Any', 'Optional', 'Union', 'typing'],
  ...['list', 'List', 'Sequence', 'Iterable', 'Collection', 'dict', 'Dict', 'Mapping', 'MutableMapping'],
  ...['collections', 'abc'],
]);

/** Libraries whose types no JSON value is converted to, by the names they are imported by. */
const arrayLibraries = new Set([
  ...['np', 'numpy', 'npt', 'torch', 'pd', 'pandas', 'PIL', 'tf', 'tensorflow', 'jax', 'jnp', 'scipy'],
]);

/** Keys of a JSON object are text. */
const otherKeys = /\b(?:dict|Dict|Mapping|MutableMapping)\[\s*(?!(?:typing\.)?Any\b|str\b)/;

/**
 * Parameters, as they are written, that take no JSON value as it is: our host converts and checks it by the annotation
 * (`when: date`), or by what stands for the default (`n: int = Field(ge=1)`).
 */
export const listConvertedParameters = (parameters: readonly Parameter[]): string[] =>
  parameters.filter(isConverted).map(formatParameter);

const isConverted = ({ kind, annotation, isDeclared }: Parameter): boolean =>
  kind !== 'variadic' && (isDeclared === true || (annotation !== null && needsConversion(annotation)));

/** Whether an annotation says more than what JSON says of a value. A name that reading cannot place may. */
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
