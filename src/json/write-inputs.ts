import { createNestingError } from './invalid-inputs-error.js';
import { isPlain } from './is-plain.js';
import { toPlain } from './to-plain.js';
import { writeJson } from './write-json.js';

/**
 * Writes the inputs of a JavaScript caller as JSON text. Bytes and files become data URIs, a bigint an integer, a Date
 * ISO 8601, a Set a list, and a Map with string keys an object.
 *
 * @throws InvalidInputsError when JSON cannot represent a value; also as a rejection. The message names the path.
 */
export function writeInputs(inputs: unknown): string | Promise<string> {
  if (isPlain(inputs)) return stringify(inputs);
  const plain = toPlain(inputs);
  return plain instanceof Promise ? plain.then(writeJson) : writeJson(plain);
}

/** Converts inputs like `writeInputs`, but to JSON values, bigints and JsonNumbers. */
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
