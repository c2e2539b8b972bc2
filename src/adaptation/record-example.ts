import type { Example, GivenExample } from '../contract/example.js';
import { readExactJson } from '../json/read-json.js';
import { toRecordable } from '../json/to-recordable.js';
import { writeInputs } from '../json/write-inputs.js';

/**
 * Converts an example for the workflow's history. If JavaScript would change one of its numbers, `exact` holds the exact
 * text, and the values are only for readers.
 *
 * @throws InvalidInputsError for values that JSON cannot represent
 */
export async function recordExample(example: GivenExample): Promise<Example> {
  const { input, output, match } = example;
  const hasOutput = Object.hasOwn(example, 'output');
  const values = { input, ...(hasOutput && { output }) };
  const { value, text } = toRecordable(await writeInputs(values));
  if (text === undefined) return { ...(value as typeof values), match }; // the same keys
  return { ...(JSON.parse(text) as typeof values), match, exact: text };
}

/** Restores a recorded example with all digits; its numbers may be JsonNumbers. */
export function restoreExample({ exact, ...example }: Example): GivenExample {
  return exact === undefined ? example : { ...example, ...(readExactJson(exact) as object) };
}
