import type { RunInterface } from '../../src/contract/run-interface.js';
import { BerthError } from '../../src/errors.js';
import type { WebInputs } from './recipes/describe-web-inputs.js';

/** Which function of which app is called, and how. Read by hand: the path of a call loads no schema library. */
export interface ModalInterface {
  /** The file that is deployed, relative to the revision. */
  file: string;
  /** Its dotted name where it belongs to a package: deployed as a file, its relative imports would fail. */
  module: string | null;
  /** Import root of that module, relative to the revision. */
  root: string;
  /** The module's variable that holds the app. */
  app: string;
  /** `NAME` of a function, or `Class.method`. */
  functionName: string;
  /** What that one only collects from, which is then given the resources. */
  generator: string | null;
  /** It calls what our host's modules load, which are uploaded with it. */
  needsHost: boolean;
  /** Names of the software's variables that its image is built with. */
  buildVariables: string[];
  /** Parameters of the class: values that every call uses, names that the inputs may have, and those of them that they must. */
  values: Record<string, unknown>;
  parameters: string[];
  required: string[];
  /** `json`: one JSON text there, one back; `inputs`: all inputs as one value; `arguments`: the inputs by name. */
  call: 'json' | 'inputs' | 'arguments' | 'http';
  /** With `http`: how the endpoint is called. */
  web: WebInterface;
}

export interface WebInterface extends WebInputs {
  method: string;
  /** Null: the one that the server's OpenAPI names. */
  path: string | null;
  /** It asks for one of Modal's proxy tokens. */
  isProtected: boolean;
}

const styles = ['json', 'inputs', 'arguments', 'http'] as const;

/** ADAPTATION_FAILED when it is not the interface of a Modal app. */
export function parseModalInterface(runInterface: RunInterface): ModalInterface {
  const {
    type,
    file,
    module = null,
    root = '.',
    app_name: app = 'app',
    function_name: functionName,
    generator = null,
    build_variables: buildVariables = [],
  } = runInterface;
  const style = styles.find((name) => name === (runInterface.call ?? 'json'));
  if (type !== 'modal') throw refuse(`its type is ${type}, and modal was expected`);
  if (!isText(file) || !file.endsWith('.py')) throw refuse('file is not the path of a Python file');
  if (!isText(functionName) || !/^[\w-]+(\.\w+)?$/.test(functionName))
    throw refuse('function_name is neither NAME nor Class.method');
  if (generator !== null && !isText(generator)) throw refuse('generator is no name');
  if (style === undefined) throw refuse(`call is none of ${styles.join(', ')}`);
  if (!isText(root) || (module !== null && !isText(module))) throw refuse('module and root are texts');
  if (!isText(app) || !/^\w+$/.test(app)) throw refuse('app_name is not the name of a variable');
  if (!isNames(buildVariables)) throw refuse('build_variables is no list of names');
  const place = {
    buildVariables,
    file,
    module,
    root,
    app,
    functionName,
    generator,
    needsHost: runInterface.cog === true || runInterface.host === true,
  };
  return { ...place, ...readClass(runInterface), call: style, web: readWeb(runInterface) };
}

function readClass(written: RunInterface): Pick<ModalInterface, 'values' | 'parameters' | 'required'> {
  const { values = {}, parameters = [], required = [] } = written;
  if (typeof values !== 'object' || values === null) throw refuse('values is not an object');
  if (!isNames(parameters) || !isNames(required)) throw refuse('parameters and required are lists of names');
  return { values: values as Record<string, unknown>, parameters, required }; // an object: looked at above
}

function readWeb({ method = 'POST', path = null, query = [], body = 'inputs', ...more }: RunInterface): WebInterface {
  if (!isText(method)) throw refuse('method is no text');
  if (path !== null && !(isText(path) && path.startsWith('/'))) throw refuse('path does not begin with /');
  if (!isNames(query)) throw refuse('query is no list of names');
  if (body !== 'inputs' && !isNames(body)) throw refuse('body is neither inputs nor a list of names');
  return { method, path, query, body, isProtected: more.protected === true };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isNames = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

const refuse = (problem: string): BerthError =>
  new BerthError('ADAPTATION_FAILED', `the run interface is not a Modal app’s: ${problem}`);
