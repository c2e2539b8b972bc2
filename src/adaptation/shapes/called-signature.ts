import type { EntryPoint } from '../../contract/facts.js';
import { findCalledMethod } from './called-method.js';

export type Signature = Pick<EntryPoint, 'parameters' | 'isAsync' | 'isGenerator'>;

/** Of the entry itself, or of the method that is named: what the entry's own facts tell of a class is of its usual method. */
export function getSignature(entry: EntryPoint, method: string | undefined): Signature {
  const { isAsync, isGenerator } = entry;
  if (method === undefined) return { parameters: entry.parameters, isAsync, isGenerator };
  const usual = method === findCalledMethod(entry) ? { isAsync, isGenerator } : { isAsync: false, isGenerator: false };
  return { parameters: entry.signatures?.[method] ?? entry.parameters, ...(entry.methodKinds?.[method] ?? usual) };
}

/** Whether reading sees what is called: of an object only its class says it, and that may be a library's. */
export function hasReadableSignature(entry: EntryPoint, method: string | undefined): boolean {
  if (entry.kind === 'function') return method === undefined;
  return entry.methods.includes(method ?? findCalledMethod(entry) ?? '');
}
