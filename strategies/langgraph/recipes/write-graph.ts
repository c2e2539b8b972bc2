import {
  findCalledMethod,
  getSignature,
  joinFunction,
  outputFunction,
  type PlainCallable,
} from '../../../src/adaptation/shapes/index.js';
import type { EntryPoint } from '../../../src/contract/facts.js';
import { oneNodeTitle } from './langgraph-json.js';

/** Variable with the number of concurrent calls of synchronous code. */
export const threadsVariable = 'GRAPH_THREADS';

/** Names that the generated module uses itself. */
const ownNames = new Set([
  'Any',
  'TypedDict',
  'END',
  'START',
  'StateGraph',
  'StreamWriter',
  'State',
  'as_output',
  'call',
  'find_non_finite',
  'graph',
  'join',
  'math',
  'model',
  'state',
  'write',
  'items',
  'item',
]);

/** Writes the graph as a person would: it imports the callable, and has inputs and output in its state. */
export function writeGraph({ entry, method, style }: PlainCallable): string {
  const { module, callable, kind } = entry;
  const name = ownNames.has(callable) ? 'solution' : callable;
  const chosen = method ?? (kind === 'class' ? findCalledMethod(entry) : undefined);
  const base = kind === 'class' ? 'model' : name;
  const called = chosen === undefined || chosen === '__call__' ? base : `${base}.${chosen}`;
  const { isAsync, isGenerator } = getSignature(entry, method);
  if (!isAsync) return writeThreadedGraph({ entry, method: chosen, style }, isGenerator);
  const node = { result: `${called}(${style === 'inputs' ? '' : '**'}state["inputs"])`, isAsync };
  return `"""${oneNodeTitle}"""

import math
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
${isGenerator ? 'from langgraph.types import StreamWriter\n' : ''}
from ${module} import ${callable}${name === callable ? '' : ` as ${name}`}
${kind === 'class' ? writeModel(entry, name) : ''}

class State(TypedDict, total=False):
    inputs: Any
    output: Any


${outputFunction}
${isGenerator ? writeGeneratorNode(node) : writeNode(node)}

graph = StateGraph(State).add_node(call).add_edge(START, "call").add_edge("call", END).compile()
`;
}

/**
 * Writes a graph for synchronous code: one thread imports it, sets it up and runs its calls, as if it had only one
 * thread.
 */
function writeThreadedGraph({ entry, method, style }: PlainCallable, isGenerator: boolean): string {
  const { module, callable, kind, methods } = entry;
  const called = method === undefined || method === '__call__' ? 'solution' : `solution.${method}`;
  const result = `${called}(${style === 'inputs' ? '' : '**'}state["inputs"])`;
  return `"""${oneNodeTitle}"""

import asyncio
import math
import os
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
${isGenerator ? 'from langgraph.types import StreamWriter\n' : ''}

def begin_thread():
    asyncio.set_event_loop(asyncio.new_event_loop())


# One thread runs all of the code. With ${threadsVariable}, that many threads run calls at once.
executor = ThreadPoolExecutor(int(os.environ.get("${threadsVariable}", "1")), initializer=begin_thread)


def load():
    from ${module} import ${callable} as solution

${kind === 'class' ? `    solution = solution()\n${methods.includes('setup') ? '    solution.setup()\n' : ''}` : ''}    return solution, copy_context()


solution, context = executor.submit(load).result()


class State(TypedDict, total=False):
    inputs: Any
    output: Any


${outputFunction}
${isGenerator ? writeThreadedGenerator(result) : writeThreadedNode(result)}

graph = StateGraph(State).add_node(call).add_edge(START, "call").add_edge("call", END).compile()
`;
}

const runOnWorker = (function_: string): string =>
  `await asyncio.wrap_future(executor.submit(context.copy().run, ${function_}))`;

const writeThreadedNode = (result: string): string => `
async def call(state: State) -> State:
    return {"output": as_output(${runOnWorker(`lambda: ${result}`)})}
`;

const writeThreadedGenerator = (result: string): string => `
${joinFunction}

async def call(state: State, writer: StreamWriter) -> State:
    writer_context = copy_context()  # the writer reads the run from the context

    def collect_items():
        items = []
        for item in ${result}:
            items.append(item)
            if find_non_finite(item, "item") is not None:
                return as_output(items)
            writer_context.run(writer, item)
        return join(items)

    return {"output": ${runOnWorker('collect_items')}}
`;

/** Builds a class once, when the server starts. */
const writeModel = ({ methods }: EntryPoint, name: string): string =>
  `\nmodel = ${name}()\n${methods.includes('setup') ? 'model.setup()\n' : ''}`;

interface Node {
  result: string;
  isAsync: boolean;
}

const writeNode = ({ result, isAsync }: Node): string => `
${isAsync ? 'async ' : ''}def call(state: State) -> State:
    return {"output": as_output(${isAsync ? 'await ' : ''}${result})}
`;

/** Writes the node of a generator: readers of the stream get its items, and the output is the list of all items. */
const writeGeneratorNode = ({ result, isAsync }: Node): string => `
${joinFunction}

${isAsync ? 'async ' : ''}def call(state: State, writer: StreamWriter) -> State:
    items = []
    ${isAsync ? 'async ' : ''}for item in ${result}:
        items.append(item)
        if find_non_finite(item, "item") is not None:
            return {"output": as_output(items)}
        writer(item)
    return {"output": join(items)}
`;
