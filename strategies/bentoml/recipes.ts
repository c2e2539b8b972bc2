import { plainShapes } from '../../src/adaptation/shapes/index.js';
import type { Recipe } from '../../src/registry/recipe.js';
import { existingService } from './recipes/existing-service.js';
import { wrapInService } from './recipes/generated-service.js';

/** The repository's own service; else the plain shapes, with a service written around them. */
export const recipes: Recipe[] = [existingService, ...plainShapes.map(wrapInService)];
