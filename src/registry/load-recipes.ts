import { BerthError } from '../errors.js';
import { loadModule } from '../runners/load-runner.js';
import type { Recipe } from './recipe.js';

/**
 * Loads the `recipes` that a module of a strategy exports.
 *
 * @throws STRATEGY_BROKEN when the module does not load or exports no list of recipes.
 */
export async function loadRecipes(module: string): Promise<Recipe[]> {
  const { recipes } = await loadModule(module);
  if (Array.isArray(recipes) && recipes.every(isRecipe)) return recipes;
  throw new BerthError('STRATEGY_BROKEN', `${module} exports no list called recipes of { name, recognize }`);
}

function isRecipe(value: unknown): value is Recipe {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('recognize' in value)) return false;
  return typeof value.name === 'string' && typeof value.recognize === 'function';
}
