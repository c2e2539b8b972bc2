import type { Parameter } from '../../contract/facts.js';
import type { CallStyle } from '../../contract/run-interface.js';

/** Names under which code takes all its inputs at once. */
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

/** Annotations, without module and parameters, of what a JSON object is. */
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
 * How a callable wants its inputs: as one dict when it has a single parameter that is annotated as a mapping, or that
 * is named as one and not annotated as anything else; by name otherwise.
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

/** `typing.Dict[str, Any]` → `Dict`; `Optional[dict]` and `dict | None` → `dict`. */
function baseType(annotation: string): string {
  const text = annotation.replace(/^(typing\.)?Optional\[(.*)\]$/, '$2').replace(/\s*\|\s*None$/, '');
  return (text.split('[')[0] ?? '').split('.').at(-1)?.trim() ?? '';
}
