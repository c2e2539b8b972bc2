import { answerCogCall, loadCogPredictor } from '../../src/adaptation/shapes/index.js';
import type { FunctionInterface } from '../../src/contract/run-interface.js';
import { oneNodeTitle } from './langgraph-json.js';

/** A graph around a Cog predictor, which is set up once, when the server starts. */
export const writeCogGraph = (
  predictor: Pick<FunctionInterface, 'module' | 'callable'>,
): string => `"""${oneNodeTitle}"""

import json
from typing import Any, TypedDict

from berth_host.answers import answer_with, refuse
from berth_host.errors import HostError
from berth_host.loading import load_cog, wait
from langgraph.graph import END, START, StateGraph

predictor = ${loadCogPredictor(predictor)}


class State(TypedDict, total=False):
    inputs: Any
    output: Any


def call(state: State) -> State:
${answerCogCall('predictor', 'state["inputs"]')}    return {"output": json.loads(answer)}


graph = StateGraph(State).add_node(call).add_edge(START, "call").add_edge("call", END).compile()
`;
