import { join } from 'node:path';
import type { RunPlan } from '../../src/contract/handle.js';
import type { Environment } from '../../src/contract/index.js';
import { Environments } from '../../src/environments/index.js';
import { gatherFacts } from '../../src/facts/index.js';
import { StrategyRegistry } from '../../src/registry/index.js';
import type { Recognition } from '../../src/registry/recipe.js';
import { recipes } from '../../strategies/langgraph/recipes.js';
import { someFacts } from '../environments/some-facts.js';
import { sharedHome, temporaryDirectory, writeTree } from '../support/temporary-directories.js';
import { createLocalPlan } from './local-plan.js';

let shared: Promise<Environment> | undefined;

/** Prepares one environment with the LangGraph server for all test files. */
export function prepareGraphEnvironment(): Promise<Environment> {
  shared ??= prepare();
  return shared;
}

async function prepare(): Promise<Environment> {
  const registry = await StrategyRegistry.scan();
  return await new Environments(sharedHome()).prepare({
    directory: temporaryDirectory(),
    facts: someFacts(),
    packageDirectory: join(temporaryDirectory(), 'packages'),
    strategyRequirements: registry.getStrategy('langgraph').packages,
  });
}

/** Recognizes a workspace with the strategy's recipes. */
export async function recognizeGraph(
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
export async function createGraphPlan(
  directory: string,
  files: Record<string, string>,
  { entry, ...changes }: Partial<RunPlan> & { entry?: string } = {},
): Promise<RunPlan> {
  const plan = createLocalPlan(directory, files, {
    strategy: 'langgraph',
    environment: await prepareGraphEnvironment(),
  });
  const found = await recognizeGraph(plan.directory, entry);
  if (found === undefined) throw new Error('no recipe recognizes the files');
  writeTree(plan.directory, found.files);
  return { ...plan, runInterface: found.runInterface, ...changes };
}
