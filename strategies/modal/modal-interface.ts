import type { RunInterface } from '../../src/contract/run-interface.js';
import { BerthError } from '../../src/errors.js';
import type { WebInputs } from './recipes/describe-web-inputs.js';

/** Describes which function of which app to call, and how. Parsed by hand: a call loads no schema library. */
export interface ModalInterface {
  /** File to deploy, relative to the revision. */
  file: string;
  /** Dotted name of a module in a package: deployed as a file, its relative imports would fail. */
  module: string | null;
  /** Import root of that module, relative to the revision. */
  root: string;
  /** Variable of the module that holds the app. */
  app: string;
  /** `NAME` of a function, or `Class.method`. */
  functionName: string;
  /** Generator that the function collects from, and that gets the resources. */
  generator: string | null;
  /** True when it calls code that Berth's host modules load, which are uploaded with it. */
  needsHost: boolean;
  /** Names of the software's variables that the image build uses. */
  buildVariables: string[];
  /** Parameters of the class: values for every call, names that the inputs may have, and those that they must have. */
  values: Record<string, unknown>;
  parameters: string[];
  required: string[];
  /** `json`: one JSON text in, one out; `inputs`: all inputs as one value; `arguments`: the inputs by name. */
  call: 'json' | 'inputs' | 'arguments' | 'http';
  /** How to call the endpoint, with `http`. */
  web: WebInterface;
}

export interface WebInterface extends WebInputs {
  method: string;
  /** Null for the path that the server's OpenAPI names. */
  path: string | null;
  /** True when it requires one of Modal's proxy tokens. */
  isProtected: boolean;
}

const styles = ['json', 'inputs', 'arguments', 'http'] as const;

/** @throws ADAPTATION_FAILED when the run interface is not one of this strategy. */
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
  const target = {
    buildVariables,
    file,
    module,
    root,
    app,
    functionName,
    generator,
    needsHost: runInterface.cog === true || runInterface.host === true,
  };
  return { ...target, ...readClass(runInterface), call: style, web: readWeb(runInterface) };
}

function readClass(written: RunInterface): Pick<ModalInterface, 'values' | 'parameters' | 'required'> {
  const { values = {}, parameters = [], required = [] } = written;
  if (typeof values !== 'object' || values === null) throw refuse('values is not an object');
  if (!isNames(parameters) || !isNames(required)) throw refuse('parameters and required are lists of names');
  return { values: values as Record<string, unknown>, parameters, required }; // an object, as checked above
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
  new BerthError('ADAPTATION_FAILED', `the run interface is not valid for the modal strategy: ${problem}`);
