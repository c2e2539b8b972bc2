import type { Recipe } from '../../src/adaptation/recipe.js';
import { plainShapes } from '../../src/adaptation/shapes/index.js';

/** All of them are called as they are. */
export const recipes: Recipe[] = plainShapes;
