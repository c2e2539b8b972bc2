import { plainShapes } from '../../src/adaptation/shapes/index.js';
import type { Recipe } from '../../src/registry/recipe.js';

/** All of them are called as they are. */
export const recipes: Recipe[] = plainShapes;
