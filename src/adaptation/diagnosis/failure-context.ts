import type { Facts } from '../../contract/facts.js';

/** What a failure is held against. */
export interface FailureContext {
  /** The user's repository, from which the code was copied. It may be another one by now, or gone. */
  source: string;
  /** The revision's code. */
  code: string;
  facts: Facts;
  /** Names of the variables that the software was given. */
  variables: readonly string[];
}

/**
 * Looks for one kind of thing that a failure misses. Returns what is missing and what to do, in sentences without their
 * stop; nothing where the text does not speak of it.
 */
export type MissingFinder = (text: string, surroundings: FailureContext) => Promise<string[]>;
