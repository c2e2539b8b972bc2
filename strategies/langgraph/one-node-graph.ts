import type { Recipe } from '../../src/adaptation/recipe.js';
import type { EntryPoint } from '../../src/contract/facts.js';
import { FunctionInterface } from '../../src/contract/run-interface.js';
import { chooseFreeName, defaultGraph, oneNodeKeys, oneNodeTitle, writeLanggraphJson } from './langgraph-json.js';

/** A shape of plain Python, served as a graph whose one node calls it. */
export const servedByGraph = (shape: Recipe): Recipe => ({
  name: shape.name,
  async recognise(input) {
    const { workspace, facts, entry } = input;
    // Code with graphs of its own is not wrapped into another because they are not seen: that would be a guess.
    if (entry === undefined && facts.frameworks.some(({ name }) => name === 'langgraph')) return undefined;
    const recognition = await shape.recognise(input);
    const called = FunctionInterface.safeParse(recognition?.runInterface).data;
    const source = called && writeNode(called, facts.entryPoints);
    if (recognition === undefined || called === undefined || source === undefined) return undefined;
    const module = await chooseFreeName(workspace, ['graph.py', 'served_graph.py', 'berth_graph.py']);
    const config = await chooseFreeName(workspace, ['langgraph.json', 'langgraph.berth.json']);
    const root = called.paths.find((path) => path !== '.') ?? '.';
    return {
      summary: `${recognition.summary}; it becomes the one node of a graph`,
      runInterface: { type: 'langgraph', assistant_id: defaultGraph, config, ...oneNodeKeys },
      files: { [module]: source, [config]: writeLanggraphJson({ reference: `./${module}:graph`, root }) },
    };
  },
});

/** Undefined for what a node cannot call as it is: Cog's predictors, and generators. */
function writeNode({ module, callable, call }: FunctionInterface, entries: EntryPoint[]): string | undefined {
  const [name = '', method] = callable.split('.');
  const entry = entries.find((candidate) => candidate.module === module && candidate.callable === name);
  if (entry === undefined || call === 'cog' || entry.isGenerator) return undefined;
  const target = describeTarget(entry, method);
  if (target === undefined) return undefined;
  const inputs = call === 'inputs' ? 'state["inputs"]' : '**state["inputs"]';
  const called = `${target.called}(${inputs})`;
  return `"""${oneNodeTitle}"""

from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph

from ${module} import ${name}
${target.built}

class State(TypedDict, total=False):
    inputs: Any
    output: Any


${entry.isAsync ? 'async ' : ''}def call(state: State) -> State:
    return {"output": ${entry.isAsync ? 'await ' : ''}${called}}


graph = StateGraph(State).add_node(call).add_edge(START, "call").add_edge("call", END).compile()
`;
}

/** A class is built once, when the server starts. Of its methods only the usual one is known to be async or not. */
function describeTarget(entry: EntryPoint, method: string | undefined): { called: string; built: string } | undefined {
  if (entry.kind !== 'class') return method === undefined ? { called: entry.callable, built: '' } : undefined;
  const usual = ['predict', 'run', '__call__'].find((name) => entry.methods.includes(name));
  const chosen = method ?? usual;
  if (chosen === undefined || chosen !== usual) return undefined;
  const setUp = entry.methods.includes('setup') ? '\nserved.setup()' : '';
  const built = `\nserved = ${entry.callable}()${setUp}\n`;
  return { called: chosen === '__call__' ? 'served' : `served.${chosen}`, built };
}
