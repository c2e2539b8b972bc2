import { plainShapes } from '../../src/adaptation/shapes/index.js';
import type { Recipe } from '../../src/registry/recipe.js';
import { existingService } from './recipes/existing-service.js';
import { wrapInService } from './recipes/generated-service.js';

/** Tries the repository's own service, then each plain shape, with a generated service. */
export const recipes: Recipe[] = [existingService, ...plainShapes.map(wrapInService)];
