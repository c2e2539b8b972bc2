import type { Contract, ContractExample, Example } from '../../contract/example.js';
import { shorten } from '../shorten.js';
import { fence, truncateLines } from './format-text.js';

const maxValueLength = 1_500;
const maxExamplesLength = 6_000;

const origins: Record<Contract['source'], string> = {
  user: 'The user gave examples. The software is called with these and with others that you are not shown; all must hold.',
  repository: 'The repository documents calls. The software is called as they say, and all must hold.',
  weak: 'No example is known. A call with valid inputs must succeed and return what JSON can hold.',
  none: 'No example is known. A call with valid inputs must succeed and return what JSON can hold.',
};

const matches: Record<Example['match'], string> = {
  exact: 'must return exactly',
  subset: 'must return at least (objects may have more keys, floats agree to 1e-6)',
  schema: 'must return what fits the JSON Schema',
};

/** A contract in words: what it means, and its examples as data. */
export function describeContract({ source, examples }: Contract): { meaning: string; examples: string } {
  const lines = examples.flatMap((example, index) => [
    `${index + 1}. the input ${shorten(example.input, maxValueLength)}`,
    `   ${describeExpectation(example)}`,
  ]);
  return {
    meaning: origins[source],
    examples: lines.length === 0 ? '' : fence(truncateLines(lines, maxExamplesLength)),
  };
}

const describeExpectation = (example: ContractExample): string =>
  Object.hasOwn(example, 'output')
    ? `${matches[example.match]} ${shorten(example.output, maxValueLength)}`
    : 'must return something, not fail';
