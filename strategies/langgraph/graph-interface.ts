import type { RunInterface } from '../../src/contract/run-interface.js';
import { BerthError } from '../../src/errors.js';

/** Describes how to call a graph. Parsed by hand: a call loads no schema library. */
export interface GraphInterface {
  /** Name of the graph in `config`. */
  assistantId: string;
  /** Path of the langgraph.json, relative to the revision. */
  config: string;
  /** Keys of the state that hold a plain function's inputs and output; null when the inputs are the state. */
  inputKey: string | null;
  outputKey: string | null;
  /** True when its node calls code that Berth's host modules load. */
  needsHost: boolean;
}

/** @throws START_FAILED when the run interface is not one of this strategy. */
export function parseGraphInterface(runInterface: RunInterface): GraphInterface {
  const { type, assistant_id: assistantId, config = 'langgraph.json' } = runInterface;
  const { input_key: inputKey = null, output_key: outputKey = null } = runInterface;
  if (type !== 'langgraph') throw refuse(`its type is ${type}, and langgraph was expected`);
  if (!isText(assistantId)) throw refuse('assistant_id is not the name of a graph');
  if (!isText(config)) throw refuse('config is not the path of a langgraph.json');
  if (!isTextOrNull(inputKey) || !isTextOrNull(outputKey))
    throw refuse('input_key and output_key are names of the state');
  return {
    assistantId,
    config,
    inputKey,
    outputKey,
    needsHost: runInterface.cog === true || runInterface.host === true,
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);

const refuse = (problem: string): BerthError =>
  new BerthError('START_FAILED', `the run interface is not valid for the langgraph strategy: ${problem}`);
