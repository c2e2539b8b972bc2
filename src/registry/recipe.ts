import type { Facts } from '../contract/facts.js';
import type { RunInterface } from '../contract/run-interface.js';

export interface RecipeInput {
  /** The workspace: a recipe reads it, and writes only through `files` of what it returns. */
  workspace: string;
  facts: Facts;
  /** `MODULE:CALLABLE`, `MODULE:Class.method`, `/PATH` or `:PORT/PATH`, where the user said so. */
  entry?: string;
}

/** A shape that a recipe knows, and how to call it. */
export interface Recognition {
  /** For a person, one sentence: ``recognized `predict(text, top_k=3)` in app.py``. */
  summary: string;
  runInterface: RunInterface;
  /** Files to write, path relative to the workspace → content. Existing files are never overwritten. */
  files: Record<string, string>;
}

/**
 * A deterministic adaptation of one well-known shape. It never guesses: it returns undefined for what it does not
 * recognize, and throws ENTRY_AMBIGUOUS when several callables fit.
 */
export interface Recipe {
  name: string;
  recognize(input: RecipeInput): Promise<Recognition | undefined>;
}
