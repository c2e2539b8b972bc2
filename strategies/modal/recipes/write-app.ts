import {
  findCalledMethod,
  getSignature,
  joinFunction,
  type PlainCallable,
  type Signature,
} from '../../../src/adaptation/shapes/index.js';
import type { EntryPoint } from '../../../src/contract/facts.js';
import { describeImage, type ImageRequirements } from './describe-image.js';
import { isCallableWithoutInputs } from './is-callable-without-inputs.js';

/** Callable that the app turns into a Modal function. */
export interface WrappedCallable extends PlainCallable, ImageRequirements {
  /** True when the code needs a GPU. */
  wantsGpu: boolean;
}

/** Options for the smallest GPU that Modal has, and memory (MiB) to load a model. */
export const gpuOptions = 'gpu="T4", memory=16384';

/**
 * Writes the app as a person would: JSON text in, JSON text out, because the caller does not use Python. It imports the
 * solution in the container, because the machine that deploys may not have its requirements.
 */
export function writeApp(wrapped: WrappedCallable): string {
  const { entry, method, style, wantsGpu } = wrapped;
  const { parameters, isAsync, isGenerator } = getSignature(entry, method);
  const isClass = entry.kind === 'class';
  const call = collectResult(`${buildCallee(wrapped)}(${style === 'inputs' ? '' : '**'}json.loads(payload))`, {
    isAsync,
    isGenerator,
  });
  const image = describeImage(wrapped);
  const imports = isClass ? ['from functools import cache', 'from threading import Lock'] : [];
  return `${writeHead({ name: entry.callable, image, imports })}
${isClass ? writeLoad(entry) : ''}
def as_json(value):
    for name in ("tolist", "model_dump", "isoformat"):
        if hasattr(value, name):
            return getattr(value, name)()
    raise TypeError(f"{type(value).__name__} is not JSON serializable")

${isGenerator ? `\n${joinFunction}\n` : ''}
@app.function(${wantsGpu ? gpuOptions : ''})
${isAsync ? 'async ' : ''}def call(payload: str${isCallableWithoutInputs(parameters) ? ' = "{}"' : ''}) -> str:
${isClass ? loadFirst : `    from ${entry.module} import ${buildImport(entry)}\n\n`}    return json.dumps(${call}, default=as_json)
`;
}

export interface ModuleHead {
  /** Name of the app. */
  name: string;
  image: string;
  /** Import lines for names of Python's standard library. */
  imports?: string[];
  /** Modules to upload in addition to the revision. */
  modules?: string[];
}

/** Writes the head of every generated app. */
export const writeHead = ({ name, image, imports = [], modules = [] }: ModuleHead): string => `import json
${[...imports, 'from pathlib import Path'].sort().join('\n')}

import modal

here = Path(__file__).parent
image = ${image}
if modal.is_local():
    image = image.add_local_dir(here, "/root", ignore=[".git", ".venv", "**/__pycache__", ".env*"])
${modules.length === 0 ? '' : `    image = image.add_local_python_source(${modules.map((module) => `"${module}"`).join(', ')})\n`}
app = modal.App("${name}", image=image)
`;

const loadFirst = `    with loading:  # calls may be concurrent
        model = load()
`;

/** Builds the class once in each container. */
const writeLoad = ({ module, callable, methods }: EntryPoint): string => `loading = Lock()


@cache
def load():
    from ${module} import ${callable}

    model = ${callable}()
${methods.includes('setup') ? '    model.setup()\n' : ''}    return model

`;

/** Names that the generated module uses itself. */
const ownNames = new Set([
  'json',
  'cache',
  'Path',
  'modal',
  'here',
  'image',
  'app',
  'load',
  'as_json',
  'join',
  'call',
  'payload',
]);

const isHidden = ({ callable }: EntryPoint): boolean => ownNames.has(callable);

const buildImport = (entry: EntryPoint): string => (isHidden(entry) ? `${entry.callable} as solution` : entry.callable);

function buildCallee({ entry, method }: WrappedCallable): string {
  const chosen = method ?? (entry.kind === 'class' ? findCalledMethod(entry) : undefined);
  const base = entry.kind === 'class' ? 'model' : isHidden(entry) ? 'solution' : entry.callable;
  return chosen === undefined || chosen === '__call__' ? base : `${base}.${chosen}`;
}

/** Collects the result of a coroutine or a generator for a JSON reply. */
function collectResult(call: string, { isAsync, isGenerator }: Pick<Signature, 'isAsync' | 'isGenerator'>): string {
  if (isGenerator) return isAsync ? `join([item async for item in ${call}])` : `join(list(${call}))`;
  return isAsync ? `await ${call}` : call;
}
