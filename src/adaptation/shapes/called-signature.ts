import type { EntryPoint } from '../../contract/facts.js';
import { findCalledMethod } from './called-method.js';

export type Signature = Pick<EntryPoint, 'parameters' | 'isAsync' | 'isGenerator'>;

/** Returns the signature of the entry or its named method. The facts of a class itself describe its default method. */
export function getSignature(entry: EntryPoint, method: string | undefined): Signature {
  const { isAsync, isGenerator } = entry;
  if (method === undefined) return { parameters: entry.parameters, isAsync, isGenerator };
  const isDefault = method === findCalledMethod(entry);
  const kind = entry.methodKinds?.[method] ?? {
    isAsync: isDefault && isAsync,
    isGenerator: isDefault && isGenerator,
  };
  return { parameters: entry.signatures?.[method] ?? entry.parameters, ...kind };
}

/** Returns true if the facts contain the signature. That of an object is in its class, which may belong to a library. */
export function hasReadableSignature(entry: EntryPoint, method: string | undefined): boolean {
  if (entry.kind === 'function') return method === undefined;
  return entry.methods.includes(method ?? findCalledMethod(entry) ?? '');
}
