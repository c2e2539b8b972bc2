import type { Contract } from '../contract/example.js';

/**
 * Indexes of the examples that no agent is shown: of the user's own every third, beginning with the second, so that the
 * first is always shown and two examples are one of each. What the repository documents is there for all to read.
 */
export const listHeldBack = ({ source, examples }: Contract): number[] =>
  source === 'user' ? [...examples.keys()].filter((index) => index % 3 === 1) : [];

/** What an agent may see of a contract, and what it is judged by beside that. */
export function splitContract(contract: Contract): { shown: Contract; heldBack: Contract } {
  const { source, examples } = contract;
  const heldBack = new Set(listHeldBack(contract));
  return {
    shown: { source, examples: examples.filter((_, index) => !heldBack.has(index)) },
    heldBack: { source, examples: examples.filter((_, index) => heldBack.has(index)) },
  };
}
