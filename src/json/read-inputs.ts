import { buildValue } from './build-value.js';
import { createNestingError, describePath, InvalidInputsError } from './invalid-inputs-error.js';
import { parseNumber } from './json-number.js';
import { readExactNumber } from './read-json.js';

/**
 * Parses the JSON text of inputs, for software that does not read the text itself. With `keepsDigits`, each number that
 * JavaScript would write differently becomes a JsonNumber. Otherwise integers beyond 2^53 become bigints.
 *
 * @throws InvalidInputsError when the text is not JSON, a number exceeds every float, or an object has a key twice.
 */
export function readInputs(text: string, { keepsDigits }: { keepsDigits: boolean }): unknown {
  try {
    return readStrictJson(text, { keepsDigits, root: 'inputs' });
  } catch (error) {
    throw error instanceof SyntaxError ? new InvalidInputsError(`the inputs are not JSON: ${error.message}`) : error;
  }
}

/**
 * Parses any JSON text like `readInputs`. Messages call the value `root`.
 *
 * @throws SyntaxError, InvalidInputsError when the text is not JSON, or parsing would change it.
 */
export function readStrictJson(text: string, { keepsDigits, root }: { keepsDigits: boolean; root: string }): unknown {
  const readNumber = keepsDigits ? readExactNumber : parseNumber;
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
