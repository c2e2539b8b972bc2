import { join } from 'node:path';
import type { RunPlan } from '../../src/contract/handle.js';
import type { Environment } from '../../src/contract/index.js';
import { Environments } from '../../src/environments/index.js';
import { gatherFacts } from '../../src/facts/index.js';
import { StrategyRegistry } from '../../src/registry/index.js';
import type { Recognition } from '../../src/registry/recipe.js';
import { recipes } from '../../strategies/modal/recipes.js';
import { someFacts } from '../environments/some-facts.js';
import { FakeModal } from '../support/modal/fake-modal.js';
import { registerCleanup, sharedHome, temporaryDirectory, writeTree } from '../support/temporary-directories.js';
import { createLocalPlan } from './local-plan.js';

let shared: Promise<Environment> | undefined;

/** Prepares one environment with Modal's command line for all test files. */
export function prepareModalEnvironment(): Promise<Environment> {
  shared ??= prepare();
  return shared;
}

async function prepare(): Promise<Environment> {
  const registry = await StrategyRegistry.scan();
  return await new Environments(sharedHome()).prepare({
    directory: temporaryDirectory(),
    facts: someFacts(),
    packageDirectory: join(temporaryDirectory(), 'packages'),
    strategyRequirements: [...registry.getStrategy('modal').packages, 'fastapi'], // for web endpoints
  });
}

/** Opens a fake cloud for the test file, and selects it in the environment. */
export async function openFakeModal(): Promise<FakeModal> {
  const modal = new FakeModal((await prepareModalEnvironment()).python);
  await modal.open();
  const before = { ...process.env };
  Object.assign(process.env, modal.variables);
  registerCleanup(() => {
    for (const name of Object.keys(modal.variables)) delete process.env[name];
    Object.assign(process.env, before);
    modal.close();
  });
  return modal;
}

/** Recognizes a workspace with the strategy's recipes. */
export async function recognizeApp(
  workspace: string,
  entry?: string,
): Promise<(Recognition & { by: string }) | undefined> {
  const facts = await gatherFacts(workspace);
  for (const recipe of recipes) {
    const found = await recipe.recognize({ workspace, facts, ...(entry && { entry }) });
    if (found !== undefined) return { ...found, by: recipe.name };
  }
  return undefined;
}

/** Creates a plan for these files, adapted by the strategy's recipes. */
export async function createModalPlan(
  directory: string,
  files: Record<string, string>,
  { entry, ...changes }: Partial<RunPlan> & { entry?: string } = {},
): Promise<RunPlan> {
  const plan = createLocalPlan(directory, files, {
    strategy: 'modal',
    timeout: 60,
    environment: await prepareModalEnvironment(),
  });
  const found = await recognizeApp(plan.directory, entry);
  if (found === undefined) throw new Error('no recipe recognizes the files');
  writeTree(plan.directory, found.files);
  return { ...plan, runInterface: found.runInterface, ...changes };
}
