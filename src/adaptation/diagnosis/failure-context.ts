import type { Facts } from '../../contract/facts.js';

/** Context for finding the cause of a failure. */
export interface FailureContext {
  /** The user's repository, from which the code was copied. It may have changed since, or be gone. */
  source: string;
  /** The revision's code. */
  code: string;
  facts: Facts;
  /** Names of the variables that the software was given. */
  variables: readonly string[];
}

/**
 * Searches for one kind of missing dependency. Returns what is missing and what to do, in sentences without a final
 * period; nothing if the failure's text does not mention it.
 */
export type MissingFinder = (text: string, context: FailureContext) => Promise<string[]>;
