import type { EntryPoint } from '../../contract/facts.js';
import type { FunctionInterface } from '../../contract/run-interface.js';
import { isConstructible } from './called-method.js';
import { getSignature, hasReadableSignature } from './called-signature.js';
import { isStandardModule } from './is-standard-module.js';
import { listConvertedParameters } from './needs-conversion.js';

/** A callable that generated code can import and call as a person would write it. */
export interface PlainCallable {
  entry: EntryPoint;
  /** Of a class or an object; undefined calls the thing itself. */
  method: string | undefined;
  style: 'inputs' | 'arguments';
}

/**
 * Undefined where only the import says what is called and how, where no `import` leads to the module, or where an input
 * has to be converted: then our host's modules load it, see `loadSoftware`.
 */
export function toPlainCallable(served: FunctionInterface, entry: EntryPoint | undefined): PlainCallable | undefined {
  const { call, module, file, package: made } = served;
  if (entry === undefined || call === 'cog' || call === 'auto') return undefined;
  if (file !== undefined || made !== undefined || isStandardModule(module)) return undefined;
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

/** Keys of a run interface whose generated code needs our host's modules: `cog` or `host`, and what they convert. */
export function describeLoading(served: FunctionInterface, entry: EntryPoint | undefined): Partial<LoadingInterface> {
  if (served.call === 'cog') return { cog: true };
  const converts =
    entry === undefined ? [] : listConvertedParameters(getSignature(entry, getMethod(served)).parameters);
  return { host: true, ...(converts.length > 0 && { converts }) };
}

interface LoadingInterface {
  cog: true;
  host: true;
  /** Parameters as written: `when: date`. */
  converts: string[];
}

/**
 * For generated code: the software, imported and set up by our host's modules from the directory of the code's file, see
 * hosts/python/berth_host/embedded_software.py. `threads`: an expression of Python's.
 */
export function generateLoading(served: FunctionInterface, threads = 'None'): string {
  const { module, callable, call, file, package: made, paths } = served;
  const isUsualPath = paths.length === 1 && paths[0] === '.';
  const told = { module, callable, call, file, package: made, ...(!isUsualPath && { paths }) };
  const literal = JSON.stringify(told, null, 1)
    .replaceAll(/\n */g, ' ')
    .replaceAll(/([{[]) | ([}\]])/g, '$1$2');
  return `EmbeddedSoftware(${literal}, ${threads}, __file__)`;
}

/** For generated code: a function that returns the answer to a call as text of JSON, our host's refusals included. */
export const generateCall = (software: string, inputs: string): string => `    try:
        answer = answer_with(${software}.submit(${inputs}).result())
    except HostError as error:
        answer = refuse(error.code, error.message)
`;
