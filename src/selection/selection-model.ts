import type { Solution } from '../contract/config.js';
import type { Facts } from '../contract/facts.js';
import type { Resources } from '../contract/resources.js';

export interface SelectionQuestion {
  solution: Solution;
  facts: Facts;
  /** Those that may be chosen, each with its `selector_instruction.md`. */
  strategies: { name: string; instruction: string }[];
  /** What was wrong with the previous answer; absent the first time. */
  correction?: string;
  signal?: AbortSignal;
}

/** `strategy` is a name as the model gave it: it is checked here, not there. */
export interface SelectionAnswer {
  strategy: string;
  reasoning: string;
  resources?: Resources;
}

/** Chooses a strategy with a language model. Throws when the model cannot be reached: then the rules decide. */
export interface SelectionModel {
  choose(question: SelectionQuestion): Promise<SelectionAnswer>;
}
