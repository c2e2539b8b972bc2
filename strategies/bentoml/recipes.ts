import type { Recipe } from '../../src/adaptation/recipe.js';
import {
  argumentsFunction,
  cogPredictor,
  inputsFunction,
  namedEntry,
  predictorClass,
} from '../../src/adaptation/shapes/index.js';
import { existingService } from './existing-service.js';
import { wrapInService } from './generated-service.js';

/** The repository's own service; else the plain shapes, with a service written around them. */
export const recipes: Recipe[] = [
  existingService,
  ...[namedEntry, cogPredictor, inputsFunction, argumentsFunction, predictorClass].map(wrapInService),
];
