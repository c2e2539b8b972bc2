import type { Recipe } from '../../registry/recipe.js';
import { predictorClass } from './class-shape.js';
import { cogPredictor } from './cog-shape.js';
import { namedEntry } from './entry-shape.js';
import { argumentsFunction, inputsFunction } from './function-shape.js';

/** Plain Python that every built-in strategy serves: what the user named, what cog.yaml names, then convention. */
export const plainShapes: Recipe[] = [namedEntry, cogPredictor, inputsFunction, argumentsFunction, predictorClass];
