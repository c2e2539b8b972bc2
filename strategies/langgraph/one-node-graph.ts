import type { Recipe, RecipeInput, Recognition } from '../../src/adaptation/recipe.js';
import { FunctionInterface } from '../../src/contract/run-interface.js';
import { chooseFreeName, defaultGraph, oneNodeKeys, writeLanggraphJson } from './langgraph-json.js';
import { writeCogGraph } from './write-cog-graph.js';
import { writeGraph } from './write-graph.js';

/** A shape of plain Python, or a Cog predictor, served as a graph whose one node calls it. */
export const servedByGraph = (shape: Recipe): Recipe => ({
  name: shape.name,
  async recognise(input) {
    const { facts, entry } = input;
    // Code with graphs of its own is not wrapped into another because they are not seen: that would be a guess.
    if (entry === undefined && facts.frameworks.some(({ name }) => name === 'langgraph')) return undefined;
    const recognition = await shape.recognise(input);
    return recognition && (await describeNode(input, recognition));
  },
});

async function describeNode({ workspace, facts }: RecipeInput, found: Recognition): Promise<Recognition | undefined> {
  const served = FunctionInterface.parse(found.runInterface);
  const { module, callable, call, paths, environment = [] } = served;
  const [name, method] = callable.split('.');
  const entry = facts.entryPoints.find((one) => one.module === module && one.callable === name);
  if (entry === undefined) return undefined;
  const file = await chooseFreeName(workspace, ['graph.py', 'served_graph.py', 'berth_graph.py']);
  const config = await chooseFreeName(workspace, ['langgraph.json', 'langgraph.berth.json']);
  const root = paths.find((path) => path !== '.') ?? '.';
  return {
    summary: `${found.summary}; it becomes the one node of a graph`,
    runInterface: {
      type: 'langgraph',
      assistant_id: defaultGraph,
      config,
      ...oneNodeKeys,
      ...(call === 'cog' && { cog: true }),
    },
    files: {
      [file]:
        call === 'cog'
          ? writeCogGraph(served)
          : writeGraph({ entry, method, style: call === 'inputs' ? 'inputs' : 'arguments' }),
      [config]: writeLanggraphJson({ reference: `./${file}:graph`, root, environment }),
    },
  };
}
