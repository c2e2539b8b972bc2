import { plainShapes } from '../../src/adaptation/shapes/index.js';
import type { Recipe } from '../../src/registry/recipe.js';
import { ownDockerfile } from './recipes/own-dockerfile.js';
import { servedFunction } from './recipes/served-function.js';
import { webApplication } from './recipes/web-application.js';

/**
 * Tries the repository's own Dockerfile, then a web application, then each plain shape, served by Berth's host program.
 */
export const recipes: Recipe[] = [ownDockerfile, webApplication, ...plainShapes.map(servedFunction)];
