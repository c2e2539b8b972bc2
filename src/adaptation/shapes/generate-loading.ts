import type { EntryPoint } from '../../contract/facts.js';
import type { FunctionInterface } from '../../contract/run-interface.js';
import { isConstructible } from './called-method.js';
import { getSignature, hasReadableSignature } from './called-signature.js';
import { isStandardModule } from './is-standard-module.js';
import { listConvertedParameters } from './needs-conversion.js';

/** A callable that generated code can import and call with plain Python. */
export interface PlainCallable {
  entry: EntryPoint;
  /** Method of a class or an object; undefined calls the object itself. */
  method: string | undefined;
  style: 'inputs' | 'arguments';
}

/**
 * Returns undefined if the signature is known only after the import, if no `import` statement reaches the module, or if an
 * input needs conversion. Then the host process's modules load the code, see `generateLoading`.
 */
export function toPlainCallable(served: FunctionInterface, entry: EntryPoint | undefined): PlainCallable | undefined {
  const { call, module, file, package: built } = served;
  if (entry === undefined || call === 'cog' || call === 'auto') return undefined;
  if (file !== undefined || built !== undefined || isStandardModule(module)) return undefined;
  const method = getMethod(served);
  if (!hasReadableSignature(entry, method)) return undefined;
  if (entry.kind === 'class' && (!isConstructible(entry) || entry.methodKinds?.[method ?? '']?.binding !== undefined))
    return undefined;
  return listConvertedParameters(getSignature(entry, method).parameters).length === 0
    ? { entry, method, style: call }
    : undefined;
}

const getMethod = ({ callable }: FunctionInterface): string | undefined =>
  callable.split('.').slice(1).join('.') || undefined;

/** Describes what generated code needs the host process's modules for: `cog` or `host`, and the inputs that they convert. */
export function describeLoading(served: FunctionInterface, entry: EntryPoint | undefined): Partial<LoadingInterface> {
  if (served.call === 'cog') return { cog: true };
  const converts =
    entry === undefined ? [] : listConvertedParameters(getSignature(entry, getMethod(served)).parameters);
  return { host: true, ...(converts.length > 0 && { converts }) };
}

interface LoadingInterface {
  cog: true;
  host: true;
  /** Parameters as written in the code: `when: date`. */
  converts: string[];
}

/**
 * Generates the expression that imports and sets up the software with the host process's modules, relative to the generated
 * file; see hosts/python/berth_host/embedded_software.py. `threads` is a Python expression.
 */
export function generateLoading(served: FunctionInterface, threads = 'None'): string {
  const { module, callable, call, file, package: built, paths } = served;
  const isDefaultPath = paths.length === 1 && paths[0] === '.';
  const reference = { module, callable, call, file, package: built, ...(!isDefaultPath && { paths }) };
  const literal = JSON.stringify(reference, null, 1)
    .replaceAll(/\n */g, ' ')
    .replaceAll(/([{[]) | ([}\]])/g, '$1$2');
  return `EmbeddedSoftware(${literal}, ${threads}, __file__)`;
}

/** Generates the body of a function that calls the software and sets `answer` to JSON text, also for a rejected call. */
export const generateCall = (software: string, inputs: string): string => `    try:
        answer = answer_with(${software}.submit(${inputs}).result())
    except HostError as error:
        answer = refuse(error.code, error.message)
`;
