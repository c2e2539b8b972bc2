import type { EntryPoint } from '../../contract/facts.js';
import type { ModuleLocation } from './locate-module.js';
import type { EntryName } from './parse-entry.js';

/** Creates an entry point for a callable that the facts do not contain. That of an installed module has no location. */
export function createUnlistedEntry(
  { module, callable }: EntryName,
  location: ModuleLocation | undefined,
): { entry: EntryPoint; isUnlisted: true } {
  const entry: EntryPoint = {
    ...(location ?? { file: '', module: module ?? '', root: '.' }),
    callable,
    kind: 'object',
    isAsync: false,
    isGenerator: false,
    parameters: [],
    methods: [],
    bases: [],
    constructorParameters: [],
    docstring: null,
    line: 0,
  };
  return { entry, isUnlisted: true };
}
