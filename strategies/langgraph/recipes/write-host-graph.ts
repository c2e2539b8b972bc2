import { generateLoading } from '../../../src/adaptation/shapes/index.js';
import type { FunctionInterface } from '../../../src/contract/run-interface.js';
import { oneNodeTitle } from './langgraph-json.js';
import { threadsVariable } from './write-graph.js';

/** Writes a graph around code that Berth's host modules load once, when the server starts. */
export const writeHostGraph = (served: FunctionInterface): string => `"""${oneNodeTitle}"""

import json
import os
from typing import Any, TypedDict

from berth_host.answers import answer_with, refuse
from berth_host.embedded_software import EmbeddedSoftware
from berth_host.errors import HostError
from langgraph.graph import END, START, StateGraph

software = ${generateLoading(served, `os.environ.get("${threadsVariable}")`)}


class State(TypedDict, total=False):
    inputs: Any
    output: Any


async def call(state: State) -> State:
    try:
        answer = answer_with(await software.call(state["inputs"]))
    except HostError as error:
        answer = refuse(error.code, error.message)
    return {"output": json.loads(answer)}


graph = StateGraph(State).add_node(call).add_edge(START, "call").add_edge("call", END).compile()
`;
