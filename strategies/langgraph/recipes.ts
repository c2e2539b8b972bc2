import type { Recipe } from '../../src/adaptation/recipe.js';
import { plainShapes } from '../../src/adaptation/shapes/index.js';
import { compiledGraph } from './compiled-graph.js';
import { configuredGraph } from './configured-graph.js';
import { graphFactory } from './graph-factory.js';
import { wrapInGraph } from './one-node-graph.js';

/** What langgraph.json names, a compiled graph, a function that makes one, then plain shapes, each as the one node of a graph. */
export const recipes: Recipe[] = [configuredGraph, compiledGraph, graphFactory, ...plainShapes.map(wrapInGraph)];
