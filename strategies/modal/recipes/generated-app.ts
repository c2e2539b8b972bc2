import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeLoading,
  findServedEntry,
  getSignature,
  hasReadableSignature,
  toPlainCallable,
} from '../../../src/adaptation/shapes/index.js';
import type { EntryPoint } from '../../../src/contract/facts.js';
import { FunctionInterface } from '../../../src/contract/run-interface.js';
import { listVariables, listVersionVariables, readRequirements } from '../../../src/environments/index.js';
import { BerthError } from '../../../src/errors.js';
import type { Recipe, RecipeInput, Recognition } from '../../../src/registry/recipe.js';
import { readWorkspaceHistory } from '../../../src/workspaces/source-history.js';
import { isCallableWithoutInputs } from './is-callable-without-inputs.js';
import { writeApp } from './write-app.js';
import { writeHostApp } from './write-host-app.js';

/** Files for the generated app; the first free one is used. */
const moduleNames = ['modal_app', 'served_modal_app', 'berth_modal_app'];

/** Generates an app around a plain shape, or around code that only Berth's host modules can load. */
export const wrapInApp = (shape: Recipe): Recipe => ({
  name: `${shape.name}-app`,
  async recognize(input) {
    const { facts, entry } = input;
    // Do not wrap a repository's own app when its function is not found: that would be a guess.
    if (entry === undefined && facts.frameworks.some(({ name }) => name === 'modal')) return undefined;
    const recognition = await shape.recognize(input);
    return recognition && (await recognizeApp(input, recognition));
  },
});

async function recognizeApp(input: RecipeInput, found: Recognition): Promise<Recognition | undefined> {
  const { workspace, facts } = input;
  const called = FunctionInterface.parse(found.runInterface);
  const entry = findServedEntry(facts, called);
  const plain = toPlainCallable(called, entry);
  const roots = called.paths.filter((path) => path !== '.');
  const requirements = await readRequirements(workspace, facts, { entry: entry?.file ?? called.file });
  const history = await readWorkspaceHistory(workspace);
  const versions = await listVersionVariables({ directory: workspace, requirements, history });
  const needs = { requirements, versions, roots, wantsGpu: facts.tags.includes('gpu') };
  const source =
    plain === undefined
      ? writeHostApp({ served: called, isCallableWithoutInputs: needsNoInputs(called, entry), ...needs })
      : writeApp({ ...plain, ...needs });
  const file = `${chooseModuleName(workspace)}.py`;
  const variables = listVariables(requirements.pip);
  return {
    summary: `${found.summary}; ${file} makes it a Modal function`,
    runInterface: {
      type: 'modal',
      file,
      function_name: 'call',
      call: 'json',
      serves: called,
      ...(variables.length > 0 && { build_variables: variables }),
      ...(plain === undefined && describeLoading(called, entry)),
    },
    files: { [file]: source },
  };
}

/** Tells whether a function needs no inputs, according to its signature. */
function needsNoInputs({ call, callable }: FunctionInterface, entry: EntryPoint | undefined): boolean {
  const method = callable.split('.').slice(1).join('.') || undefined;
  if (entry === undefined || call === 'auto' || !hasReadableSignature(entry, method)) return false;
  return isCallableWithoutInputs(getSignature(entry, method).parameters);
}

function chooseModuleName(workspace: string): string {
  const isFree = (name: string) => !existsSync(join(workspace, `${name}.py`)) && !existsSync(join(workspace, name));
  const free = moduleNames.find(isFree);
  if (free !== undefined) return free;
  const taken = moduleNames.map((name) => `${name}.py`).join(', ');
  throw new BerthError('ADAPTATION_FAILED', `all names for the generated app are taken: ${taken}`);
}
