import { BerthError } from '../errors.js';
import type { Recipe, RecipeInput, Recognition } from '../registry/recipe.js';
import { listServableEntries, recognizeWith } from './apply-recipes.js';
import { findHidingSyntaxError } from './shapes/index.js';

/** What the recipes of a strategy make of a repository. */
export type AdaptationPreview =
  | { kind: 'recognized'; by: string; recognition: Recognition }
  /** Several callables fit, or what was named cannot be called. */
  | { kind: 'refused'; error: BerthError }
  /** `servable`: what can be named. */
  | { kind: 'unrecognized'; servable: string[] };

/** Asks the recipes what a deployment would call. Only reads, so `workspace` may be the user's own directory. */
export async function previewAdaptation(recipes: readonly Recipe[], input: RecipeInput): Promise<AdaptationPreview> {
  try {
    const found = await recognizeWith(recipes, input);
    if (found !== undefined)
      return { kind: 'recognized', by: `recipe:${found.recipe}`, recognition: found.recognition };
    const error = findHidingSyntaxError(input.facts);
    if (error !== undefined) return { kind: 'refused', error };
    return { kind: 'unrecognized', servable: await listServableEntries(recipes, input) };
  } catch (error) {
    if (error instanceof BerthError) return { kind: 'refused', error };
    throw error;
  }
}
