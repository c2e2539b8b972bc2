import { plainShapes } from '../../src/adaptation/shapes/index.js';
import type { Recipe } from '../../src/registry/recipe.js';
import { compiledGraph } from './recipes/compiled-graph.js';
import { configuredGraph } from './recipes/configured-graph.js';
import { graphFactory } from './recipes/graph-factory.js';
import { wrapInGraph } from './recipes/one-node-graph.js';

/** What langgraph.json names, a compiled graph, a function that makes one, then plain shapes, each as the one node of a graph. */
export const recipes: Recipe[] = [configuredGraph, compiledGraph, graphFactory, ...plainShapes.map(wrapInGraph)];
