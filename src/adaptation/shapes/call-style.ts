import type { Parameter } from '../../contract/facts.js';
import type { CallStyle } from '../../contract/run-interface.js';

/** Names of parameters that receive all inputs as one value. */
const inputNames = new Set([
  'inputs',
  'input',
  'input_data',
  'payload',
  'data',
  'request',
  'body',
  'event',
  'params',
  'job',
]);

/** Annotations of JSON objects, without module and type parameters. */
const mappingTypes = new Set([
  'dict',
  'Dict',
  'Mapping',
  'MutableMapping',
  'object',
  'Any',
  'JSON',
  'Json',
  'JSONObject',
]);

/**
 * Chooses how to pass inputs: as one dict if the only parameter is annotated as a mapping, or has a matching name and no
 * other annotation; otherwise by name.
 */
export function chooseCallStyle(parameters: Parameter[]): CallStyle {
  const named = parameters.filter(({ kind }) => kind === 'positional' || kind === 'keyword');
  const [only] = named;
  if (only === undefined || named.length > 1 || only.kind !== 'positional') return 'arguments';
  if (only.annotation === null) return inputNames.has(only.name) ? 'inputs' : 'arguments';
  const type = baseType(only.annotation);
  if (type === 'Any' || type === 'object') return inputNames.has(only.name) ? 'inputs' : 'arguments';
  return mappingTypes.has(type) ? 'inputs' : 'arguments';
}

/** Reduces an annotation to its base type: `typing.Dict[str, Any]` → `Dict`; `Optional[dict]` and `dict | None` → `dict`. */
function baseType(annotation: string): string {
  const text = annotation.replace(/^(typing\.)?Optional\[(.*)\]$/, '$2').replace(/\s*\|\s*None$/, '');
  return (text.split('[')[0] ?? '').split('.').at(-1)?.trim() ?? '';
}
