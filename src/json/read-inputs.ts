import { buildValue } from './build-value.js';
import { type JsonNumber, numberOf } from './json-number.js';
import { keepDigits } from './read-json.js';
import { describePath, tooDeep, UnfitInputs } from './unfit-inputs.js';

/**
 * Inputs from their JSON text, for software that is not given the text itself. `keepsDigits` makes a JsonNumber of each
 * number that JavaScript writes otherwise; without it they are numbers, and bigints beyond 2^53.
 *
 * @throws UnfitInputs for what is not JSON, a number that no float holds, and a name that an object has twice.
 */
export function readInputs(text: string, { keepsDigits }: { keepsDigits: boolean }): unknown {
  const readNumber = keepsDigits ? keepDigits : numberOf;
  try {
    JSON.parse(text);
    return buildValue(text, {
      readNumber: (token, path) => checkNumber(readNumber(token), token, path),
      onDuplicate: (path) => {
        throw new UnfitInputs(`${describePath(path)} is given twice`);
      },
    });
  } catch (error) {
    if (error instanceof SyntaxError) throw new UnfitInputs(`the inputs are not JSON: ${error.message}`);
    throw error instanceof RangeError ? tooDeep() : error;
  }
}

function checkNumber<Value extends number | bigint | JsonNumber>(
  value: Value,
  token: string,
  path: () => (string | number)[],
): Value {
  if (Number.isFinite(Number(token)) || !/[.eE]/.test(token)) return value;
  throw new UnfitInputs(`${describePath(path())} is ${token}, which is larger than any floating-point number`);
}
