import type { Contract, ContractExample, Example } from '../../contract/example.js';
import { shorten } from '../shorten.js';
import { fence, truncateLines } from './format-text.js';

const maxValueLength = 1_500;
const maxExamplesLength = 6_000;

const origins: Record<Contract['source'], string> = {
  user: 'The user gave examples. Berth calls the software with these and with others that you cannot see; all must pass.',
  repository: 'The repository documents calls. Berth makes these calls; all must pass.',
  weak: 'There are no examples. A call with valid inputs must succeed and return a JSON value.',
  none: 'There are no examples. A call with valid inputs must succeed and return a JSON value.',
};

const matches: Record<Example['match'], string> = {
  exact: 'must return exactly',
  subset: 'must return at least (objects may have more keys, floats may differ by 1e-6)',
  schema: 'must return a value that matches the JSON Schema',
};

/** Describes a contract: its meaning, and its examples as data. */
export function describeContract({ source, examples }: Contract): { meaning: string; examples: string } {
  const lines = examples.flatMap((example, index) => [
    `${index + 1}. input ${shorten(example.input, maxValueLength)}`,
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
    : 'must return any value without failing';
