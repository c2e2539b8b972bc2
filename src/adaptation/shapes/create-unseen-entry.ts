import type { EntryPoint } from '../../contract/facts.js';
import type { ModuleLocation } from './locate-module.js';
import type { EntryName } from './parse-entry.js';

/** A callable that reading does not see, and of which it knows nothing; of an installed module there is no place either. */
export function createUnseenEntry(
  { module, callable }: EntryName,
  place: ModuleLocation | undefined,
): { entry: EntryPoint; isUnseen: true } {
  const entry: EntryPoint = {
    ...(place ?? { file: '', module: module ?? '', root: '.' }),
    callable,
    kind: 'object',
    ...{ isAsync: false, isGenerator: false, parameters: [], methods: [], bases: [], constructorParameters: [] },
    ...{ docstring: null, line: 0 },
  };
  return { entry, isUnseen: true };
}
