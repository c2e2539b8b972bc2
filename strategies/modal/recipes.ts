import { plainShapes } from '../../src/adaptation/shapes/index.js';
import type { Recipe } from '../../src/registry/recipe.js';
import { existingApp } from './recipes/existing-app.js';
import { wrapInApp } from './recipes/generated-app.js';

/** The repository's own app; else the plain shapes, with an app written around them. */
export const recipes: Recipe[] = [existingApp, ...plainShapes.map(wrapInApp)];
