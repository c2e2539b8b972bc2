import { createNestingError } from './invalid-inputs-error.js';
import { isPlain } from './is-plain.js';
import { toPlain } from './to-plain.js';
import { writeJson } from './write-json.js';

/**
 * Inputs of a caller in JavaScript as JSON text. What JSON has no form for becomes the one value that is meant (bytes and
 * files data URIs, a bigint an integer, a Date ISO 8601, a Set a list, a Map with text keys an object), or is refused.
 *
 * @throws UnfitInputs naming the path, also by rejection.
 */
export function writeInputs(inputs: unknown): string | Promise<string> {
  if (isPlain(inputs)) return stringify(inputs);
  const plain = toPlain(inputs);
  return plain instanceof Promise ? plain.then(writeJson) : writeJson(plain);
}

/** The same as a value of plain objects, lists, texts, numbers, bigints, JsonNumbers, truth values and null. */
export function toPlainInputs(inputs: unknown): unknown {
  return isPlain(inputs) ? inputs : toPlain(inputs);
}

function stringify(inputs: unknown): string {
  try {
    return JSON.stringify(inputs) ?? 'null';
  } catch (error) {
    throw error instanceof RangeError ? createNestingError() : error;
  }
}
