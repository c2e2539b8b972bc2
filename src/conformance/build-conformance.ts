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
  /** One of the strategy's `providers`; its default provider when absent. */
  provider?: string | undefined;
  home: BerthHome;
  /** Empty directory for the revisions. The caller removes it. */
  scratch: string;
  onProgress?: (line: string) => void;
}

/**
 * Prepares a strategy of the registry for the suite. It serves the strategy's `conformance` directory, or the suite's
 * Python solution, adapted by the strategy's recipes. If no recipe recognizes it, the run interface of the
 * configuration is used. The strategy's `conformance` module describes how it differs from processes on this machine.
 *
 * @throws STRATEGY_BROKEN, USAGE when a module is invalid, or the strategy is not tested on the provider.
 */
export async function buildConformance(subject: ConformanceOptions): Promise<Conformance> {
  const { registry, name, provider } = subject;
  await registry.getRecipes(name); // fails here if they do not load, instead of in every check
  const { entry, ...defaultHooks } = await loadHooks(registry.getConformance(name).module);
  const hooks = provider === undefined ? defaultHooks : chooseHooks(defaultHooks, subject, provider);
  const { queueDelay = 0 } = hooks.deviations ?? {};
  const reference = registry.getRunnerModule(name);
  const listRemaining = hooks.listRemaining ?? (async (plan) => findPlanProcesses(plan).map((pid) => `process ${pid}`));
  const isPartlyStarted = hooks.isPartlyStarted ?? (async (plan) => (await listRemaining(plan)).length > 0);
  return {
    name: provider === undefined ? name : `${name} on ${provider}`,
    reference,
    RunnerClass: await registry.getRunnerClass(name),
    createPlan: (revision, timeout) => createPlan(subject, entry, { revision, timeout: timeout + queueDelay / 1000 }),
    listRemaining,
    listRunning: hooks.listRunning ?? listRemaining,
    kill: hooks.kill ?? (({ plan }) => killPlanProcesses(plan)),
    interruptStart:
      hooks.interruptStart ?? ((plan) => killChildDuringStart(reference, plan, () => isPartlyStarted(plan))),
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
  'isPartlyStarted',
  'providers',
]);

async function loadHooks(module: string | null): Promise<ConformanceHooks> {
  if (module === null) return {};
  const { conformance } = await loadModule(module);
  if (typeof conformance !== 'object' || conformance === null)
    throw new BerthError('STRATEGY_BROKEN', `${module} exports no object called conformance`);
  const unknown = Object.keys(conformance).filter((key) => !knownKeys.has(key));
  if (unknown.length === 0) return conformance; // its values are checked when the suite uses them
  throw new BerthError(
    'STRATEGY_BROKEN',
    `${module}: conformance has unknown keys: ${unknown.join(', ')}; use: ${[...knownKeys].join(', ')}`,
  );
}

/** Chooses the hooks of a provider other than the default. */
function chooseHooks(
  { providers = {} }: ConformanceHooks,
  { registry, name }: ConformanceOptions,
  provider: string,
): ProviderHooks {
  const tested = registry.getStrategy(name).providers.filter((candidate) => candidate in providers);
  const hooks = tested.includes(provider) ? providers[provider] : undefined;
  if (hooks !== undefined) return hooks;
  const choice = tested.join(', ') || 'none';
  throw new BerthError('USAGE', `${name} is not tested on ${provider}; its conformance module covers: ${choice}`);
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
  for (const path of [directory, stateDirectory, sharedDirectory]) await mkdir(path, { recursive: true, mode: 0o700 });
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

/** Writes the solution to the directory, adapted by the strategy's recipes. */
async function adapt(
  { registry, name }: ConformanceOptions,
  directory: string,
  hookEntry: string | undefined,
): Promise<RunPlan['runInterface']> {
  const { solution } = registry.getConformance(name);
  if (solution === null) await writeRecipeFiles(directory, pythonSolution);
  else await cp(solution, directory, { recursive: true });
  const entry = hookEntry ?? (solution === null ? 'conformance:respond' : undefined);
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
