import {
  chooseCallStyle,
  findCalledMethod,
  getSignature,
  joinFunction,
  outputFunction,
  type PlainCallable,
} from '../../../src/adaptation/shapes/index.js';
import type { EntryPoint, Parameter } from '../../../src/contract/facts.js';
import type { CallStyle } from '../../../src/contract/run-interface.js';
import { slotsVariable, threadsVariable } from '../concurrency-variables.js';

export interface WrittenService {
  source: string;
  /** Form in which its API takes the inputs. */
  call: 'inputs' | 'arguments';
}

/** Default number of concurrent coroutines: they cost little. */
const defaultSlots = 1000;
/** Seconds; the caller's own timeout comes first. */
const maxCallSeconds = 3600;

export const serviceDecorator = `@bentoml.service(traffic={"timeout": ${maxCallSeconds}})`;

/** BentoML limits threads only: a coroutine waits for a slot. */
export const slotsStatement = `self.slots = asyncio.Semaphore(int(os.environ.get("${slotsVariable}", "${defaultSlots}")))`;

/** Names that the generated module uses itself. */
const ownNames = new Set([
  'Service',
  'Union',
  'as_output',
  'asyncio',
  'bentoml',
  'find_non_finite',
  'join',
  'math',
  'os',
  'self',
  'ThreadPoolExecutor',
  'context',
  'copy_context',
  'load',
  'run',
  'solution',
  'executor',
]);

/** Writes the service as a person would: it imports the callable, and its API has the callable's parameters. */
export function writeService({ entry, method: named, style }: PlainCallable): WrittenService {
  const method = named ?? (entry.kind === 'class' ? findCalledMethod(entry) : undefined);
  const { parameters, isAsync, isGenerator } = getSignature(entry, method);
  const call =
    style === 'inputs' || !parameters.every(isPlainParameter) || entry.kind === 'object' ? 'inputs' : 'arguments';
  const isClass = entry.kind === 'class';
  const isHidden = ownNames.has(entry.callable) || parameters.some(({ name }) => name === entry.callable);
  if (!isAsync)
    return { source: writeThreadedService({ entry, method, style }, { call, parameters, isGenerator }), call };
  const name = isHidden ? 'solution' : entry.callable;
  const called = isClass ? `self.${modelAttribute}` : name;
  const passed = call === 'arguments' ? writeArguments(parameters) : style === 'inputs' ? 'inputs' : '**inputs';
  const result =
    method === undefined || method === '__call__' ? `${called}(${passed})` : `${called}.${method}(${passed})`;
  const signature =
    call === 'arguments' ? ['self', ...describeParameters(parameters)] : ['self', describeInputs(parameters, style)];
  const parts = [...(isClass ? listModelStatements(entry, name) : []), slotsStatement];
  const answer = `return {"output": as_output(${collectResult(result, { isAsync, isGenerator })})}`;
  const source = `import asyncio
import math
import os
${importTypes(signature)}
import bentoml

from ${entry.module} import ${entry.callable}${isHidden ? ' as solution' : ''}


${outputFunction}
${isGenerator ? `\n${joinFunction}\n` : ''}
${serviceDecorator}
class Service:
${writeConstructor(parts)}    @bentoml.api
    async def predict(${signature.join(', ')}) -> dict:
        async with self.slots:
            ${answer}
`;
  return { source, call };
}

interface ThreadedCall {
  call: 'inputs' | 'arguments';
  parameters: Parameter[];
  isGenerator: boolean;
}

/**
 * Writes a service for synchronous code: one thread imports it, sets it up and runs its calls, as if it had only one
 * thread.
 */
function writeThreadedService(
  { entry, method, style }: PlainCallable,
  { call, parameters, isGenerator }: ThreadedCall,
): string {
  const { module, callable, kind, methods } = entry;
  const passed = call === 'arguments' ? writeArguments(parameters) : style === 'inputs' ? 'inputs' : '**inputs';
  const result = `_solution${method === undefined || method === '__call__' ? '' : `.${method}`}(${passed})`;
  const signature =
    call === 'arguments' ? ['self', ...describeParameters(parameters)] : ['self', describeInputs(parameters, style)];
  return `import asyncio
import math
import os
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
${importTypes(signature)}
import bentoml


def begin_thread():
    asyncio.set_event_loop(asyncio.new_event_loop())


# One thread runs all of the code. With ${threadsVariable}, that many threads run calls at once.
executor = ThreadPoolExecutor(int(os.environ.get("${threadsVariable}", "1")), initializer=begin_thread)


def load():
    from ${module} import ${callable} as _solution

    return _solution, copy_context()


_solution, context = executor.submit(load).result()
${kind === 'class' ? writeModelSetup(methods) : ''}

async def _run(call):
    return await asyncio.wrap_future(executor.submit(context.copy().run, call))


${outputFunction}
${isGenerator ? `\n${joinFunction}\n` : ''}
${serviceDecorator}
class Service:
${kind === 'class' ? threadedConstructor : ''}    @bentoml.api
    async def predict(${signature.join(', ')}) -> dict:
        return {"output": as_output(await _run(lambda: ${isGenerator ? `join(list(${result}))` : result}))}
`;
}

const importTypes = (signature: string[]): string =>
  signature.some((one) => one.includes('Union[')) ? 'from typing import Union\n' : '';

const writeModelSetup = (methods: string[]): string => `

def set_up():
    global _solution, context
    _solution = _solution()
${methods.includes('setup') ? '    _solution.setup()\n' : ''}    context = copy_context()
`;

const threadedConstructor = `    def __init__(self) -> None:
        executor.submit(set_up).result()

`;

const modelAttribute = 'model';

const listModelStatements = ({ methods }: EntryPoint, name: string): string[] => [
  `self.${modelAttribute} = ${name}()`,
  ...(methods.includes('setup') ? [`self.${modelAttribute}.setup()`] : []),
];

const writeConstructor = (lines: string[]): string =>
  `    def __init__(self) -> None:\n${lines.map((line) => `        ${line}\n`).join('')}\n`;

/** Collects the result of a coroutine or a generator for a JSON reply. */
function collectResult(result: string, { isAsync, isGenerator }: { isAsync: boolean; isGenerator: boolean }): string {
  if (isGenerator) return isAsync ? `join([item async for item in ${result}])` : `join(list(${result}))`;
  return isAsync ? `await ${result}` : result;
}

function describeInputs(parameters: Parameter[], style: CallStyle): string {
  const isAnything =
    style === 'inputs' && chooseCallStyle(parameters) === 'inputs' && parameters[0]?.annotation === null;
  return isAnything ? 'inputs' : 'inputs: dict';
}

/** Literals that can be copied into code. */
const literalPattern = /^(-?\d+(\.\d+)?(e-?\d+)?|True|False|None|"[^"\\\n]*"|'[^'\\\n]*'|\[\]|\{\})$/i;
/** Types that need no import and exist in JSON. */
const annotationPattern = /^(str|int|float|bool|list|dict)(\[[\w, [\]]*\])?$/;
const builtInPattern = /^(str|int|float|bool|list|dict)$/;

/** Tells whether the API can have the parameter unchanged. */
const isPlainParameter = ({ name, kind, default: value }: Parameter): boolean =>
  (kind === 'positional' || kind === 'keyword') &&
  !name.startsWith('_') &&
  (value === null || literalPattern.test(value));

function describeParameters(parameters: Parameter[]): string[] {
  const positional = parameters.filter(({ kind }) => kind === 'positional').map(describeParameter);
  const keyword = parameters.filter(({ kind }) => kind === 'keyword').map(describeParameter);
  return keyword.length === 0 ? positional : [...positional, '*', ...keyword];
}

function describeParameter({ name, annotation: type, default: value }: Parameter): string {
  const isKept = type !== null && value !== 'None' && isPortable(type);
  const written = isKept ? `${name}: ${keepIntegers(type)}` : name;
  if (value === null) return written;
  return isKept ? `${written} = ${value}` : `${written}=${value}`;
}

/** Keeps integers: for `float`, BentoML would convert an integer and round it. */
const keepIntegers = (type: string): string => type.replaceAll(/\bfloat\b/g, 'Union[float, int]');

const isPortable = (type: string): boolean =>
  annotationPattern.test(type) && (type.match(/\w+/g) ?? []).every((word) => builtInPattern.test(word));

const writeArguments = (parameters: Parameter[]): string =>
  [
    ...parameters.filter(({ kind }) => kind === 'positional').map(({ name }) => name),
    ...parameters.filter(({ kind }) => kind === 'keyword').map(({ name }) => `${name}=${name}`),
  ].join(', ');
