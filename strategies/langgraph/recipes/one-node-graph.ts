import { describeLoading, findServedEntry, toPlainCallable } from '../../../src/adaptation/shapes/index.js';
import { FunctionInterface } from '../../../src/contract/run-interface.js';
import type { Recipe, RecipeInput, Recognition } from '../../../src/registry/recipe.js';
import { chooseFreeName, defaultGraph, oneNodeKeys, writeLanggraphJson } from './langgraph-json.js';
import { writeGraph } from './write-graph.js';
import { writeHostGraph } from './write-host-graph.js';

/** Serves a plain shape, or code that only Berth's host modules can load, as a graph with one node that calls it. */
export const wrapInGraph = (shape: Recipe): Recipe => ({
  name: shape.name,
  async recognize(input) {
    const { facts, entry } = input;
    // Do not wrap code with its own graphs that were not detected: that would be a guess.
    if (entry === undefined && facts.frameworks.some(({ name }) => name === 'langgraph')) return undefined;
    const recognition = await shape.recognize(input);
    return recognition && (await describeNode(input, recognition));
  },
});

async function describeNode({ workspace, facts }: RecipeInput, found: Recognition): Promise<Recognition | undefined> {
  const served = FunctionInterface.parse(found.runInterface);
  const { paths, environment = [] } = served;
  const entry = findServedEntry(facts, served);
  const plain = toPlainCallable(served, entry);
  const file = await chooseFreeName(workspace, ['graph.py', 'served_graph.py', 'berth_graph.py']);
  const config = await chooseFreeName(workspace, ['langgraph.json', 'langgraph.berth.json']);
  const roots = paths.filter((path) => path !== '.');
  return {
    summary: `${found.summary}; it becomes the one node of a graph`,
    runInterface: {
      type: 'langgraph',
      assistant_id: defaultGraph,
      config,
      ...oneNodeKeys,
      serves: served,
      ...(plain === undefined && describeLoading(served, entry)),
    },
    files: {
      [file]: plain === undefined ? writeHostGraph(served) : writeGraph(plain),
      [config]: writeLanggraphJson({ reference: `./${file}:graph`, roots, environment }),
    },
  };
}
