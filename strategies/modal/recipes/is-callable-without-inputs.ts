import { chooseCallStyle } from '../../../src/adaptation/shapes/index.js';
import type { Parameter } from '../../../src/contract/facts.js';

/** Whether it can be called without inputs, as a schedule does: with an empty object where it takes them all as one. */
export const isCallableWithoutInputs = (parameters: Parameter[]): boolean =>
  chooseCallStyle(parameters) === 'inputs' ||
  parameters.every((one) => one.default !== null || one.kind === 'variadic' || one.kind === 'keywords');
