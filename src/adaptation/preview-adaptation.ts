import { BerthError } from '../errors.js';
import { findServable, recogniseBy } from './ask-recipes.js';
import type { Recipe, RecipeInput, Recognition } from './recipe.js';
import { hiddenBySyntax } from './shapes/index.js';

/** What the recipes of a strategy make of a repository. */
export type Preview =
  | { kind: 'recognised'; by: string; recognition: Recognition }
  /** Several callables fit, or what was named cannot be called. */
  | { kind: 'refused'; error: BerthError }
  /** `servable`: what can be named. */
  | { kind: 'unrecognised'; servable: string[] };

/** Asks the recipes what a deployment would call. Only reads, so `workspace` may be the user's own directory. */
export async function previewAdaptation(recipes: readonly Recipe[], input: RecipeInput): Promise<Preview> {
  try {
    const found = await recogniseBy(recipes, input);
    if (found !== undefined)
      return { kind: 'recognised', by: `recipe:${found.recipe}`, recognition: found.recognition };
    const error = hiddenBySyntax(input.facts);
    if (error !== undefined) return { kind: 'refused', error };
    return { kind: 'unrecognised', servable: await findServable(recipes, input) };
  } catch (error) {
    if (error instanceof BerthError) return { kind: 'refused', error };
    throw error;
  }
}
