import { plainShapes } from '../../src/adaptation/shapes/index.js';
import type { Recipe } from '../../src/registry/recipe.js';

/** Every plain shape is called directly. */
export const recipes: Recipe[] = plainShapes;
