import type { Recipe } from '../../src/adaptation/recipe.js';
import {
  argumentsFunction,
  cogPredictor,
  inputsFunction,
  namedEntry,
  predictorClass,
} from '../../src/adaptation/shapes/index.js';

/** What the user named, what cog.yaml names, then convention. All that convention finds is called as it is. */
export const recipes: Recipe[] = [namedEntry, cogPredictor, inputsFunction, argumentsFunction, predictorClass];
