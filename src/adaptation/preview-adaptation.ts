import { BerthError } from '../errors.js';
import type { StrategyRegistry } from '../registry/index.js';
import type { Recipe, RecipeInput, Recognition } from '../registry/recipe.js';
import { isLeftToAgents, listServableEntries, recognizeWith } from './apply-recipes.js';
import { requireServableEntry } from './require-servable-entry.js';
import { findHidingSyntaxError } from './shapes/index.js';

/** A preview of what a deployment with a strategy would call. */
export type AdaptationPreview =
  | { kind: 'recognized'; by: string; recognition: Recognition }
  /** A coding agent may find out what to call: several callables fit, or a syntax error hides one. */
  | { kind: 'unclear'; error: BerthError }
  /** The deployment fails. `servable` lists entries that would work. */
  | { kind: 'refused'; error: BerthError; servable: string[] }
  /** No recipe recognizes the repository. `servable` lists entries that would work. */
  | { kind: 'unrecognized'; servable: string[] };

/** Previews what a deployment would call. Only reads, so `workspace` may be the user's own directory. */
export async function previewAdaptation(
  registry: Pick<StrategyRegistry, 'getRecipes' | 'listEntries'>,
  strategy: string,
  input: RecipeInput,
): Promise<AdaptationPreview> {
  const recipes = await registry.getRecipes(strategy);
  try {
    requireServableEntry(registry, strategy, input);
    const found = await recognizeWith(recipes, input);
    if (found !== undefined)
      return { kind: 'recognized', by: `recipe:${found.recipe}`, recognition: found.recognition };
    const error = findHidingSyntaxError(input.facts);
    if (error !== undefined) return { kind: 'unclear', error };
    return { kind: 'unrecognized', servable: await listServableEntries(recipes, input) };
  } catch (error) {
    if (error instanceof BerthError) return await classifyRefusal(error, recipes, input);
    throw error;
  }
}

async function classifyRefusal(
  error: BerthError,
  recipes: readonly Recipe[],
  input: RecipeInput,
): Promise<AdaptationPreview> {
  if (isLeftToAgents(error, input.entry)) return { kind: 'unclear', error };
  const servable =
    input.entry === undefined ? await listServableEntries(recipes, input) : (error.details.candidates ?? []);
  return { kind: 'refused', error, servable };
}
