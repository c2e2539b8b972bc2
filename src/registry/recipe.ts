import type { Facts } from '../contract/facts.js';
import type { RunInterface } from '../contract/run-interface.js';

export interface RecipeInput {
  /** Path of the workspace. A recipe only reads it, and returns the files to write. */
  workspace: string;
  facts: Facts;
  /** `MODULE:CALLABLE`, `MODULE:Class.method`, `/PATH` or `:PORT/PATH`, if the user gave it. */
  entry?: string;
}

/** A recognized shape, and the interface to call it. */
export interface Recognition {
  /** One sentence for the user: ``recognized `predict(text, top_k=3)` in app.py``. */
  summary: string;
  runInterface: RunInterface;
  /** Files to write: path relative to the workspace → content. Existing files are never overwritten. */
  files: Record<string, string>;
}

/**
 * Deterministic adaptation of one well-known shape. Never guesses: `recognize` returns undefined for other shapes, and
 * throws ENTRY_AMBIGUOUS if several callables match.
 */
export interface Recipe {
  name: string;
  recognize(input: RecipeInput): Promise<Recognition | undefined>;
}
