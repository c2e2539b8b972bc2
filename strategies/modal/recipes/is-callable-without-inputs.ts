import { chooseCallStyle } from '../../../src/adaptation/shapes/index.js';
import type { Parameter } from '../../../src/contract/facts.js';

/**
 * Tells whether the function can be called without inputs, as a schedule does. A function that takes all inputs as
 * one value gets an empty object.
 */
export const isCallableWithoutInputs = (parameters: Parameter[]): boolean =>
  chooseCallStyle(parameters) === 'inputs' ||
  parameters.every((one) => one.default !== null || one.kind === 'variadic' || one.kind === 'keywords');
