import type { RunInterface } from '../../src/contract/run-interface.js';
import { BerthError } from '../../src/errors.js';

/** Which function of which app is called, and how. Read by hand: the path of a call loads no schema library. */
export interface ModalInterface {
  /** The file that is deployed, relative to the revision. */
  file: string;
  /** Its dotted name where it belongs to a package: deployed as a file, its relative imports would fail. */
  module: string | null;
  /** Import root of that module, relative to the revision. */
  root: string;
  /** `NAME` of a function, or `Class.method`. */
  functionName: string;
  /** `json`: one JSON text there, one back; `inputs`: all inputs as one value; `arguments`: the inputs by name. */
  call: 'json' | 'inputs' | 'arguments';
}

const styles = ['json', 'inputs', 'arguments'] as const;

/** ADAPTATION_FAILED when it is not the interface of a Modal app. */
export function readModalInterface(runInterface: RunInterface): ModalInterface {
  const { type, file, module = null, root = '.', function_name: functionName, call = 'json' } = runInterface;
  const style = styles.find((name) => name === call);
  if (type !== 'modal') throw refuse(`its type is ${type}, and modal was expected`);
  if (!isText(file) || !file.endsWith('.py')) throw refuse('file is not the path of a Python file');
  if (!isText(functionName) || !/^\w+(\.\w+)?$/.test(functionName))
    throw refuse('function_name is neither NAME nor Class.method');
  if (style === undefined) throw refuse(`call is none of ${styles.join(', ')}`);
  if (!isText(root) || (module !== null && !isText(module))) throw refuse('module and root are texts');
  return { file, module, root, functionName, call: style };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const refuse = (problem: string): BerthError =>
  new BerthError('ADAPTATION_FAILED', `the run interface is not a Modal app’s: ${problem}`);
