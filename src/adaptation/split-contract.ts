import type { Contract } from '../contract/example.js';

/**
 * Lists the indexes of the held-back examples, which no agent sees: every third of the user's, starting with the second.
 * So the first is always shown, and two examples are one of each. Documented calls are not held back: they are in the
 * repository.
 */
export const listHeldBack = ({ source, examples }: Contract): number[] =>
  source === 'user' ? [...examples.keys()].filter((index) => index % 3 === 1) : [];

/** Splits a contract into the examples that an agent may see and those held back from it. */
export function splitContract(contract: Contract): { shown: Contract; heldBack: Contract } {
  const { source, examples } = contract;
  const heldBack = new Set(listHeldBack(contract));
  return {
    shown: { source, examples: examples.filter((_, index) => !heldBack.has(index)) },
    heldBack: { source, examples: examples.filter((_, index) => heldBack.has(index)) },
  };
}
