import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chooseCallStyle, joinFunction } from '../../../src/adaptation/shapes/index.js';
import type { Parameter } from '../../../src/contract/facts.js';
import { BerthError } from '../../../src/errors.js';
import type { Recognition } from '../../../src/registry/recipe.js';
import type { AppFunction } from './find-app-functions.js';
import { isCallableWithoutInputs } from './is-callable-without-inputs.js';

export interface GeneratorSource {
  workspace: string;
  found: AppFunction;
  parameters: Parameter[];
  summary: string;
}

/** Files for the collecting function; the first free one is used. */
const moduleNames = ['modal_app', 'collecting_app', 'berth_modal_app'];

/**
 * Adds a function that returns everything a generator yields: Modal's JavaScript SDK reads outputs only. It belongs to
 * the same app, and calls the generator remotely, so that the generator keeps the settings of its decorator.
 */
export function collectGenerator(generator: GeneratorSource): Recognition {
  const { workspace, found, summary } = generator;
  const { root } = found.entry;
  if (found.parameters.length > 0) throw refuseParameters(found);
  const prefix = root === '.' ? '' : `${root}/`;
  const free = moduleNames.find((name) => !existsSync(join(workspace, `${prefix}${name}.py`)));
  if (free === undefined) {
    const taken = moduleNames.map((name) => `${name}.py`).join(', ');
    throw new BerthError('ADAPTATION_FAILED', `all names for the generated function are taken: ${taken}`);
  }
  const file = `${prefix}${free}.py`;
  return {
    summary: `${summary}; ${file} collects what it yields`,
    runInterface: {
      type: 'modal',
      file,
      ...(root !== '.' && { root }),
      ...(found.app !== 'app' && { app_name: found.app }),
      function_name: 'call',
      generator: found.method === null ? found.name : `${found.name}.${found.method}`,
      call: 'json',
    },
    files: { [file]: writeCollector(generator) },
  };
}

function writeCollector({ found, parameters }: GeneratorSource): string {
  const { entry, app, method, image } = found;
  const [top] = entry.module.split('.');
  const called = method === null ? entry.callable : `${entry.callable}().${method}`;
  const inputs = chooseCallStyle(parameters) === 'inputs' ? 'inputs' : '**inputs';
  const imported = [...new Set([app, entry.callable, ...(image === undefined ? [] : [image])])].sort().join(', ');
  return `import json
${image === undefined ? '\nimport modal\n' : ''}
from ${entry.module} import ${imported}

collector_image = ${image ?? 'modal.Image.debian_slim()'}.add_local_python_source("${top}")


${joinFunction}

@${app}.function(image=collector_image)
def call(payload: str${isCallableWithoutInputs(parameters) ? ' = "{}"' : ''}) -> str:
    inputs = json.loads(payload)
    return json.dumps(join(list(${called}.remote_gen(${inputs}))))
`;
}

function refuseParameters({ name, method, entry }: AppFunction): BerthError {
  const message = `${name}.${method} in ${entry.file} yields its results, which Modal’s JavaScript SDK cannot read, and ${name} has parameters: add a function to the app that returns list(${name}(…).${method}.remote_gen(…)), and name that with --entry`;
  return new BerthError('ENTRY_NOT_FOUND', message);
}
