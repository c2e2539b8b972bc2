import type { Recipe } from '../../src/adaptation/recipe.js';
import {
  argumentsFunction,
  cogPredictor,
  inputsFunction,
  namedEntry,
  predictorClass,
} from '../../src/adaptation/shapes/index.js';
import { existingApp } from './existing-app.js';
import { wrapInApp } from './generated-app.js';

/** The repository's own app; else the plain shapes, with an app written around them. */
export const recipes: Recipe[] = [
  existingApp,
  ...[namedEntry, cogPredictor, inputsFunction, argumentsFunction, predictorClass].map(wrapInApp),
];
