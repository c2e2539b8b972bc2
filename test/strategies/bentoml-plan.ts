import { join } from 'node:path';
import type { RunPlan } from '../../src/contract/handle.js';
import type { Environment } from '../../src/contract/index.js';
import { Environments } from '../../src/environments/index.js';
import { gatherFacts } from '../../src/facts/index.js';
import { recipes } from '../../strategies/bentoml/recipes.js';
import { someFacts } from '../environments/some-facts.js';
import { sharedHome, temporaryDirectory, writeTree } from '../support/temporary-directories.js';
import { createLocalPlan } from './local-plan.js';

let shared: Promise<Environment> | undefined;

/** Prepares one environment with BentoML for all test files. */
export function prepareBentoEnvironment(): Promise<Environment> {
  shared ??= new Environments(sharedHome()).prepare({
    directory: temporaryDirectory(),
    facts: someFacts(),
    packageDirectory: join(temporaryDirectory(), 'packages'),
    strategyRequirements: ['bentoml>=1.4,<2', 'numpy'],
  });
  return shared;
}

/** Creates a plan for these files, adapted by the strategy's recipes. */
export async function createBentoPlan(
  directory: string,
  files: Record<string, string>,
  { entry, ...changes }: Partial<RunPlan> & { entry?: string } = {},
): Promise<RunPlan> {
  const plan = createLocalPlan(directory, files, { strategy: 'bentoml', environment: await prepareBentoEnvironment() });
  const facts = await gatherFacts(plan.directory);
  for (const recipe of recipes) {
    const found = await recipe.recognize({ workspace: plan.directory, facts, ...(entry && { entry }) });
    if (found === undefined) continue;
    writeTree(plan.directory, found.files);
    return { ...plan, runInterface: found.runInterface, ...changes };
  }
  throw new Error('no recipe recognizes the files');
}
