import type { Recipe } from '../../src/adaptation/recipe.js';
import { plainShapes } from '../../src/adaptation/shapes/index.js';
import { existingApp } from './existing-app.js';
import { wrapInApp } from './generated-app.js';

/** The repository's own app; else the plain shapes, with an app written around them. */
export const recipes: Recipe[] = [existingApp, ...plainShapes.map(wrapInApp)];
