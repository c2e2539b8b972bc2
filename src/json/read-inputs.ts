import { buildValue } from './build-value.js';
import { createNestingError, describePath, InvalidInputsError } from './invalid-inputs-error.js';
import { parseNumber } from './json-number.js';
import { readExactNumber } from './read-json.js';

/**
 * Inputs from their JSON text, for software that is not given the text itself. `keepsDigits` makes a JsonNumber of each
 * number that JavaScript writes otherwise; without it they are numbers, and bigints beyond 2^53.
 *
 * @throws UnfitInputs for what is not JSON, a number that no float holds, and a name that an object has twice.
 */
export function readInputs(text: string, { keepsDigits: hasExactNumbers }: { keepsDigits: boolean }): unknown {
  try {
    return readStrictJson(text, { keepsDigits: hasExactNumbers, root: 'inputs' });
  } catch (error) {
    throw error instanceof SyntaxError ? new InvalidInputsError(`the inputs are not JSON: ${error.message}`) : error;
  }
}

/** The same of any JSON text. `root` is what the messages call it. @throws SyntaxError for what is not JSON, UnfitInputs */
export function readStrictJson(
  text: string,
  { keepsDigits: hasExactNumbers, root }: { keepsDigits: boolean; root: string },
): unknown {
  const readNumber = hasExactNumbers ? readExactNumber : parseNumber;
  JSON.parse(text);
  try {
    return buildValue(text, {
      readNumber: (token, path) => {
        if (Number.isFinite(Number(token)) || !/[.eE]/.test(token)) return readNumber(token);
        throw new InvalidInputsError(
          `${describePath(path(), root)} is ${token}, which is larger than any floating-point number`,
        );
      },
      onDuplicate: (path) => {
        throw new InvalidInputsError(`${describePath(path, root)} is given twice`);
      },
    });
  } catch (error) {
    throw error instanceof RangeError ? createNestingError(root) : error;
  }
}
