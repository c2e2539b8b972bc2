import type { RunInterface } from '../../src/contract/run-interface.js';
import { BerthError } from '../../src/errors.js';

/** How a graph is called. Read by hand: the path of a call loads no schema library. */
export interface GraphInterface {
  /** The graph's name in `config`. */
  assistantId: string;
  /** Relative to the revision. */
  config: string;
  /** Keys of the state that carry a plain function's inputs and its output; null where the inputs are the state. */
  inputKey: string | null;
  outputKey: string | null;
  /** Its node calls what our host's modules load. */
  needsHost: boolean;
}

/** START_FAILED when it is not the interface of a graph. */
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
  new BerthError('START_FAILED', `the run interface is not a graph’s: ${problem}`);
