import { plainShapes } from '../../src/adaptation/shapes/index.js';
import type { Recipe } from '../../src/registry/recipe.js';
import { existingApp } from './recipes/existing-app.js';
import { wrapInApp } from './recipes/generated-app.js';

/** Tries the repository's own app, then each plain shape, with a generated app. */
export const recipes: Recipe[] = [existingApp, ...plainShapes.map(wrapInApp)];
