import { chooseCallStyle, findCalledMethod, joinFunction } from '../../src/adaptation/shapes/index.js';
import type { EntryPoint, Parameter } from '../../src/contract/facts.js';
import type { CallStyle } from '../../src/contract/run-interface.js';

/** What the service wraps. */
export interface Wrapped {
  entry: EntryPoint;
  /** Of a class or an object; undefined calls the thing itself. */
  method: string | undefined;
  style: CallStyle;
}

export interface WrittenService {
  source: string;
  /** How its API takes the inputs. */
  call: 'inputs' | 'arguments';
}

/** Calls at once where nothing else is asked for. */
const threads = 16;
/** Seconds: the caller's own limit comes first. */
const longestCall = 3600;

export const serviceDecorator = `@bentoml.service(
    threads=int(os.environ.get("SERVICE_THREADS", "${threads}")),
    traffic={"timeout": ${longestCall}},
)`;

/** Names that the service's module has itself. */
const ownNames = new Set(['Service', 'bentoml', 'join', 'os', 'self']);

/** The service as a person would write it: the callable imported, its parameters those of the API. */
export function writeService({ entry, method, style }: Wrapped): WrittenService {
  const parameters = parametersOf(entry, method);
  const call = style === 'inputs' || !parameters.every(isPlain) || entry.kind === 'object' ? 'inputs' : 'arguments';
  const isClass = entry.kind === 'class';
  const isHidden = ownNames.has(entry.callable) || parameters.some(({ name }) => name === entry.callable);
  const name = isHidden ? 'solution' : entry.callable;
  const called = isClass ? `self.${modelName}` : name;
  const passed = call === 'arguments' ? passEach(parameters) : style === 'inputs' ? 'inputs' : '**inputs';
  const result =
    method === undefined || method === '__call__' ? `${called}(${passed})` : `${called}.${method}(${passed})`;
  const signature =
    call === 'arguments' ? ['self', ...describeParameters(parameters)] : ['self', inputsOf(parameters, style)];
  const isCalled = method === undefined || method === findCalledMethod(entry); // what the facts tell of a class is of that method
  const isAsync = isCalled && entry.isAsync;
  const isGenerator = isCalled && entry.isGenerator;
  const source = `import os

import bentoml

from ${entry.module} import ${entry.callable}${isHidden ? ' as solution' : ''}

${isGenerator ? `\n${joinFunction}\n` : ''}
${serviceDecorator}
class Service:
${isClass ? writeConstructor(entry, name) : ''}    @bentoml.api
    ${isAsync ? 'async ' : ''}def predict(${signature.join(', ')}) -> dict:
        return {"output": ${collect(result, { isAsync, isGenerator })}}
`;
  return { source, call };
}

const modelName = 'model';

function writeConstructor({ methods }: EntryPoint, name: string): string {
  const setup = methods.includes('setup') ? `        self.${modelName}.setup()\n` : '';
  return `    def __init__(self) -> None:\n        self.${modelName} = ${name}()\n${setup}\n`;
}

export const parametersOf = ({ signatures, parameters }: EntryPoint, method: string | undefined): Parameter[] =>
  (method === undefined ? undefined : signatures?.[method]) ?? parameters;

/** What a JSON answer holds of a coroutine or a generator: what comes of it. */
function collect(result: string, { isAsync, isGenerator }: { isAsync: boolean; isGenerator: boolean }): string {
  if (isGenerator) return isAsync ? `join([item async for item in ${result}])` : `join(list(${result}))`;
  return isAsync ? `await ${result}` : result;
}

function inputsOf(parameters: Parameter[], style: CallStyle): string {
  const isAnything =
    style === 'inputs' && chooseCallStyle(parameters) === 'inputs' && parameters[0]?.annotation === null;
  return isAnything ? 'inputs' : 'inputs: dict';
}

/** Values that stand for themselves wherever they are written. */
const literal = /^(-?\d+(\.\d+)?(e-?\d+)?|True|False|None|"[^"\\\n]*"|'[^'\\\n]*'|\[\]|\{\})$/i;
/** Types that need no import, and that JSON has. */
const annotation = /^(str|int|float|bool|list|dict)(\[[\w, [\]]*\])?$/;
const builtIn = /^(str|int|float|bool|list|dict)$/;

/** A parameter that the API can have just so. */
const isPlain = ({ name, kind, default: value }: Parameter): boolean =>
  (kind === 'positional' || kind === 'keyword') && !name.startsWith('_') && (value === null || literal.test(value));

function describeParameters(parameters: Parameter[]): string[] {
  const positional = parameters.filter(({ kind }) => kind === 'positional').map(describeParameter);
  const keyword = parameters.filter(({ kind }) => kind === 'keyword').map(describeParameter);
  return keyword.length === 0 ? positional : [...positional, '*', ...keyword];
}

function describeParameter({ name, annotation: type, default: value }: Parameter): string {
  const isKept = type !== null && value !== 'None' && isPortable(type);
  if (value === null) return isKept ? `${name}: ${type}` : name;
  return isKept ? `${name}: ${type} = ${value}` : `${name}=${value}`;
}

const isPortable = (type: string): boolean =>
  annotation.test(type) && (type.match(/\w+/g) ?? []).every((word) => builtIn.test(word));

const passEach = (parameters: Parameter[]): string =>
  [
    ...parameters.filter(({ kind }) => kind === 'positional').map(({ name }) => name),
    ...parameters.filter(({ kind }) => kind === 'keyword').map(({ name }) => `${name}=${name}`),
  ].join(', ');
