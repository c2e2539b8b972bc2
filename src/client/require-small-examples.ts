import type { Example } from '../contract/example.js';
import { maxExamplesBytes } from '../contract/size-limits.js';
import { BerthError } from '../errors.js';

/**
 * Checks that examples fit into a workflow's history.
 *
 * @throws EXAMPLES_INVALID when they are larger than 1.5 MB.
 */
export function requireSmallExamples(examples: Example[] = []): void {
  if (Buffer.byteLength(JSON.stringify(examples)) > maxExamplesBytes)
    throw new BerthError('EXAMPLES_INVALID', 'the examples are larger than 1.5 MB: give fewer or smaller ones');
}
