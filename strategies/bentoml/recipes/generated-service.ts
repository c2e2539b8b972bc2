import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeLoading, findServedEntry, toPlainCallable } from '../../../src/adaptation/shapes/index.js';
import { FunctionInterface } from '../../../src/contract/run-interface.js';
import { BerthError } from '../../../src/errors.js';
import type { Recipe, RecipeInput, Recognition } from '../../../src/registry/recipe.js';
import { writeHostService } from './write-host-service.js';
import { writeService } from './write-service.js';

/** Modules for the generated service; the first free one is used. */
const moduleNames = ['service', 'bento_service', 'predict_service', 'generated_bento_service'];

/** Generates a service around a plain shape, or around code that only Berth's host modules can load. */
export const wrapInService = (shape: Recipe): Recipe => ({
  name: `${shape.name}-service`,
  async recognize(input) {
    const recognition = await shape.recognize(input);
    return recognition && describeService(input, recognition);
  },
});

function describeService(input: RecipeInput, { summary, runInterface }: Recognition): Recognition | undefined {
  const served = FunctionInterface.parse(runInterface);
  const { paths, environment } = served;
  const entry = findServedEntry(input.facts, served);
  const plain = toPlainCallable(served, entry);
  const { source, call } = plain === undefined ? writeHostService(served) : writeService(plain);
  const serviceModule = chooseModuleName(input.workspace);
  const file = `${serviceModule}.py`;
  return {
    summary: `${summary}; ${file} serves it`,
    runInterface: {
      type: 'bentoml',
      service: `${serviceModule}:Service`,
      predict_path: '/predict',
      call,
      output_key: 'output',
      serves: served,
      ...(plain === undefined && describeLoading(served, entry)),
      ...(environment !== undefined && { environment }),
      ...(paths.length > 1 && { paths }),
    },
    files: { [file]: source },
  };
}

function chooseModuleName(workspace: string): string {
  const isFree = (name: string) => !existsSync(join(workspace, `${name}.py`)) && !existsSync(join(workspace, name));
  const free = moduleNames.find(isFree);
  if (free !== undefined) return free;
  const taken = moduleNames.map((name) => `${name}.py`).join(', ');
  throw new BerthError('ADAPTATION_FAILED', `all names for the generated service are taken: ${taken}`);
}
