import type { ModalInterface } from '../modal-interface.js';

/** Inputs, divided into those of the class and those of its method. */
export interface SplitInputs {
  parameters: Record<string, unknown>;
  inputs: unknown;
  /** Says why the inputs cannot be used; undefined when they can. */
  problem: string | undefined;
}

/** Splits off the inputs that are parameters of the class, in addition to the values that its entry fixes. */
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

/** Tells whether Modal supports the type: text, integer or boolean. */
const isParameter = (value: unknown): boolean =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);

const describeUnfit = (functionName: string, unfit: string[]): string | undefined =>
  unfit.length === 0
    ? undefined
    : `${functionName.split('.')[0]} is built with texts, whole numbers and truth values, and ${unfit.join(', ')} is none`;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
