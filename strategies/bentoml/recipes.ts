import type { Recipe } from '../../src/adaptation/recipe.js';
import { plainShapes } from '../../src/adaptation/shapes/index.js';
import { existingService } from './existing-service.js';
import { wrapInService } from './generated-service.js';

/** The repository's own service; else the plain shapes, with a service written around them. */
export const recipes: Recipe[] = [existingService, ...plainShapes.map(wrapInService)];
