import { plainShapes } from '../../src/adaptation/shapes/index.js';
import type { Recipe } from '../../src/registry/recipe.js';
import { ownDockerfile } from './recipes/own-dockerfile.js';
import { servedFunction } from './recipes/served-function.js';
import { webApplication } from './recipes/web-application.js';

/** What the repository says itself, then a web application as it is, then what `local` would call, served by our host. */
export const recipes: Recipe[] = [ownDockerfile, webApplication, ...plainShapes.map(servedFunction)];
