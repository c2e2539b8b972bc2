import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { applyRecipes } from '../adaptation/apply-recipes.js';
import { writeRecipeFiles } from '../adaptation/write-recipe-files.js';
import type { RunPlan } from '../contract/handle.js';
import type { Environment } from '../contract/revision.js';
import { Environments } from '../environments/index.js';
import { BerthError } from '../errors.js';
import { gatherFacts } from '../facts/index.js';
import type { BerthHome } from '../home/home.js';
import type { StrategyRegistry } from '../registry/index.js';
import { loadModule } from '../runners/load-runner.js';
import { killChildDuringStart } from './child-client.js';
import type { Conformance, ConformanceHooks, ProviderHooks } from './conformance.js';
import { findPlanProcesses, killPlanProcesses } from './plan-processes.js';
import { pythonSolution } from './python-solution.js';

export interface ConformanceOptions {
  registry: StrategyRegistry;
  name: string;
  /** One of the strategy's `providers`; its usual one when absent. */
  provider?: string | undefined;
  home: BerthHome;
  /** Where the revisions are made: empty, and removed by whoever made it. */
  scratch: string;
  onProgress?: (line: string) => void;
}

/**
 * A strategy that the registry knows, as the suite meets it. What it serves is the strategy's `conformance` directory, else
 * the suite's own Python; adapted by the strategy's recipes, and where none recognizes it called by the run interface of
 * its configuration. Its `conformance` module says what is different from processes on this machine.
 */
export async function buildConformance(subject: ConformanceOptions): Promise<Conformance> {
  const { registry, name, provider } = subject;
  await registry.getRecipes(name); // what does not load is told now, and not by every check
  const { entry, ...own } = await loadHooks(registry.getConformance(name).module);
  const hooks = provider === undefined ? own : chooseHooks(own, subject, provider);
  const { queueDelay = 0 } = hooks.deviations ?? {};
  const reference = registry.getRunnerModule(name);
  const listRemains = hooks.listRemaining ?? (async (plan) => findPlanProcesses(plan).map((pid) => `process ${pid}`));
  const isHalfway = hooks.isPartlyStarted ?? (async (plan) => (await listRemains(plan)).length > 0);
  return {
    name: provider === undefined ? name : `${name} on ${provider}`,
    reference,
    RunnerClass: await registry.getRunnerClass(name),
    createPlan: (revision, timeout) => createPlan(subject, entry, { revision, timeout: timeout + queueDelay / 1000 }),
    listRemaining: listRemains,
    listRunning: hooks.listRunning ?? listRemains,
    kill: hooks.kill ?? (({ plan }) => killPlanProcesses(plan)),
    interruptStart: hooks.interruptStart ?? ((plan) => killChildDuringStart(reference, plan, () => isHalfway(plan))),
    servesPython: registry.getConformance(name).solution === null,
    deviations: hooks.deviations ?? {},
  };
}

const knownKeys = new Set([
  'entry',
  'deviations',
  'kill',
  'listRemaining',
  'listRunning',
  'interruptStart',
  'isHalfway',
  'providers',
]);

async function loadHooks(module: string | null): Promise<ConformanceHooks> {
  if (module === null) return {};
  const { conformance } = await loadModule(module);
  if (typeof conformance !== 'object' || conformance === null)
    throw new BerthError('STRATEGY_BROKEN', `${module} exports no object called conformance`);
  const unknown = Object.keys(conformance).filter((key) => !knownKeys.has(key));
  if (unknown.length === 0) return conformance; // what it does shows when the suite uses it
  throw new BerthError(
    'STRATEGY_BROKEN',
    `${module}: conformance has no ${unknown.join(', ')}; it may have: ${[...knownKeys].join(', ')}`,
  );
}

/** Those of a provider that is not the usual one. */
function chooseHooks(
  { providers = {} }: ConformanceHooks,
  { registry, name }: ConformanceOptions,
  provider: string,
): ProviderHooks {
  const tested = registry.getStrategy(name).providers.filter((one) => one in providers);
  const hooks = tested.includes(provider) ? providers[provider] : undefined;
  if (hooks !== undefined) return hooks;
  const choice = tested.join(', ') || 'none';
  throw new BerthError('USAGE', `${name} is not tested on ${provider}; its conformance has providers: ${choice}`);
}

type RevisionOptions = Pick<RunPlan, 'revision' | 'timeout'>;

async function createPlan(
  subject: ConformanceOptions,
  entry: string | undefined,
  revision: RevisionOptions,
): Promise<RunPlan> {
  const { registry, name, scratch } = subject;
  const config = registry.getStrategy(name);
  const root = join(scratch, revision.revision);
  const directory = join(root, 'code');
  const [stateDirectory, sharedDirectory] = [join(root, 'state'), join(scratch, 'shared')];
  for (const made of [directory, stateDirectory, sharedDirectory]) await mkdir(made, { recursive: true, mode: 0o700 });
  const runInterface = await adapt(subject, directory, entry);
  return {
    deployment: `conformance-${process.pid}`,
    strategy: name,
    provider: subject.provider ?? config.provider,
    directory,
    stateDirectory,
    sharedDirectory,
    logFile: join(root, 'software.log'),
    environment: config.environment === 'python' ? await prepareEnvironment(subject, directory, root) : null,
    runInterface,
    resources: config.default_resources,
    ...revision,
  };
}

/** Lays the solution there, as adapted by the strategy's own recipes. */
async function adapt(
  { registry, name }: ConformanceOptions,
  directory: string,
  wanted: string | undefined,
): Promise<RunPlan['runInterface']> {
  const { solution } = registry.getConformance(name);
  if (solution === null) await writeRecipeFiles(directory, pythonSolution);
  else await cp(solution, directory, { recursive: true });
  const entry = wanted ?? (solution === null ? 'conformance:respond' : undefined);
  const facts = await gatherFacts(directory);
  const adapted = await applyRecipes(await registry.getRecipes(name), { workspace: directory, facts, entry });
  return adapted?.runInterface ?? registry.getDefaultRunInterface(name);
}

async function prepareEnvironment(
  { registry, name, home, onProgress }: ConformanceOptions,
  directory: string,
  root: string,
): Promise<Environment> {
  return await new Environments(home).prepare({
    directory,
    facts: await gatherFacts(directory),
    packageDirectory: join(root, 'packages'),
    strategyRequirements: registry.getStrategy(name).packages,
    onProgress,
  });
}
