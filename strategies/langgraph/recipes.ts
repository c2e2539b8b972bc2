import { plainShapes } from '../../src/adaptation/shapes/index.js';
import type { Recipe } from '../../src/registry/recipe.js';
import { compiledGraph } from './recipes/compiled-graph.js';
import { configuredGraph } from './recipes/configured-graph.js';
import { graphFactory } from './recipes/graph-factory.js';
import { wrapInGraph } from './recipes/one-node-graph.js';

/**
 * Tries the repository's langgraph.json, a compiled graph, a function that creates one, then each plain shape as the
 * one node of a graph.
 */
export const recipes: Recipe[] = [configuredGraph, compiledGraph, graphFactory, ...plainShapes.map(wrapInGraph)];
