import type { Recipe } from '../../registry/recipe.js';
import { predictorClass } from './class-shape.js';
import { cogPredictor } from './cog-shape.js';
import { namedEntry } from './entry-shape.js';
import { argumentsFunction, inputsFunction } from './function-shape.js';

/** Shapes of plain Python that every built-in strategy serves: the user's entry, cog.yaml's predictor, then convention. */
export const plainShapes: Recipe[] = [namedEntry, cogPredictor, inputsFunction, argumentsFunction, predictorClass];
