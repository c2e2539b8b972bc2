import type { ModalInterface } from '../modal-interface.js';

/** Inputs parted: what the class is built with, and what its method is called with. */
export interface SplitInputs {
  parameters: Record<string, unknown>;
  inputs: unknown;
  /** For a person, why they cannot be used; undefined when they can. */
  problem: string | undefined;
}

/** A class with parameters takes them from the inputs, beside the values that its entry fixes. */
export function splitInputs(
  { functionName, values, parameters: names, required }: SplitTarget,
  inputs: unknown,
): SplitInputs {
  if (names.length === 0 || !isRecord(inputs))
    return { parameters: values, inputs, problem: describeMissing(functionName, required) };
  const [parameterValues, rest] = [{ ...values }, { ...inputs }];
  for (const name of names.filter((name) => name in rest)) {
    parameterValues[name] = rest[name];
    delete rest[name];
  }
  const missing = required.filter((name) => parameterValues[name] === undefined);
  const unfit = Object.keys(parameterValues).filter((name) => !isParameter(parameterValues[name]));
  const problem = describeMissing(functionName, missing) ?? describeUnfit(functionName, unfit);
  return { parameters: parameterValues, inputs: rest, problem };
}

type SplitTarget = Pick<ModalInterface, 'functionName' | 'values' | 'parameters' | 'required'>;

function describeMissing(functionName: string, missing: string[]): string | undefined {
  if (missing.length === 0) return undefined;
  const [name, method] = functionName.split('.');
  const fixed = `--entry 'MODULE:${name}(${missing.map((one) => `${one}=VALUE`).join(', ')}).${method}'`;
  return `${name} is built with ${missing.join(' and ')}: give it with the inputs, or once for all calls with ${fixed}`;
}

/** Modal has texts, whole numbers and truth values. */
const isParameter = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);

const describeUnfit = (functionName: string, unfit: string[]): string | undefined =>
  unfit.length === 0
    ? undefined
    : `${functionName.split('.')[0]} is built with texts, whole numbers and truth values, and ${unfit.join(', ')} is none`;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
