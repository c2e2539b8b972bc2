import type { Example, GivenExample } from '../contract/example.js';
import { readExactJson } from '../json/read-json.js';
import { toRecordable } from '../json/to-recordable.js';
import { writeInputs } from '../json/write-inputs.js';

/**
 * An example as the workflow's history takes it. Where JavaScript would write one of its numbers otherwise, `exact` has the
 * text, and the values are what a reader sees.
 *
 * @throws UnfitInputs for values that JSON cannot hold.
 */
export async function recordExample(example: GivenExample): Promise<Example> {
  const { input, output, match } = example;
  const hasOutput = Object.hasOwn(example, 'output');
  const values = { input, ...(hasOutput && { output }) };
  const { value, text } = toRecordable(await writeInputs(values));
  if (text === undefined) return { ...(value as typeof values), match }; // the same keys
  return { ...(JSON.parse(text) as typeof values), match, exact: text };
}

/** The example with all its digits: its numbers may be JsonNumbers. */
export function restoreExample({ exact, ...example }: Example): GivenExample {
  return exact === undefined ? example : { ...example, ...(readExactJson(exact) as object) };
}
