import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { askRecipes } from '../adaptation/ask-recipes.js';
import { writeFiles } from '../adaptation/write-files.js';
import type { RunPlan } from '../contract/handle.js';
import type { Environment } from '../contract/revision.js';
import { Environments } from '../environments/index.js';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home.js';
import type { StrategyRegistry } from '../registry/index.js';
import { loadModule } from '../runners/load-runner.js';
import { gatherFacts } from '../selection/index.js';
import type { Conformance, ConformanceHooks } from './conformance.js';
import { dieStarting } from './elsewhere.js';
import { findPlanProcesses, killPlanProcesses } from './plan-processes.js';
import { pythonSolution } from './python-solution.js';

export interface StrategySubject {
  registry: StrategyRegistry;
  name: string;
  home: BerthHome;
  /** Where the revisions are made: empty, and removed by whoever made it. */
  scratch: string;
  onProgress?: (line: string) => void;
}

/**
 * A strategy that the registry knows, as the suite meets it. What it serves is the strategy's `conformance` directory, else
 * the suite's own Python; adapted by the strategy's recipes, and where none recognises it called by the run interface of
 * its configuration. Its `conformance` module says what is different from processes on this machine.
 */
export async function describeStrategy(subject: StrategySubject): Promise<Conformance> {
  const { registry, name } = subject;
  await registry.getRecipes(name); // what does not load is told now, and not by every check
  const hooks = await loadHooks(registry.getConformance(name).module);
  const { queue = 0 } = hooks.manner ?? {};
  const reference = registry.getRunnerModule(name);
  const listRemains = hooks.listRemains ?? (async (plan) => findPlanProcesses(plan).map((pid) => `process ${pid}`));
  const isThere = async (plan: RunPlan) => (await listRemains(plan)).length > 0;
  return {
    name,
    reference,
    RunnerClass: await registry.getRunnerClass(name),
    makePlan: (revision, timeout) => makePlan(subject, hooks, { revision, timeout: timeout + queue / 1000 }),
    listRemains,
    kill: hooks.kill ?? (({ plan }) => killPlanProcesses(plan)),
    startHalfway: hooks.startHalfway ?? ((plan) => dieStarting(reference, plan, () => isThere(plan))),
    manner: hooks.manner ?? {},
  };
}

const known = new Set(['entry', 'manner', 'kill', 'listRemains', 'startHalfway']);

async function loadHooks(module: string | null): Promise<ConformanceHooks> {
  if (module === null) return {};
  const { conformance } = await loadModule(module);
  if (typeof conformance !== 'object' || conformance === null)
    throw new BerthError('STRATEGY_BROKEN', `${module} exports no object called conformance`);
  const unknown = Object.keys(conformance).filter((key) => !known.has(key));
  if (unknown.length === 0) return conformance; // what it does shows when the suite uses it
  throw new BerthError(
    'STRATEGY_BROKEN',
    `${module}: conformance has no ${unknown.join(', ')}; it may have: ${[...known].join(', ')}`,
  );
}

type Revision = Pick<RunPlan, 'revision' | 'timeout'>;

async function makePlan(subject: StrategySubject, hooks: ConformanceHooks, revision: Revision): Promise<RunPlan> {
  const { registry, name, scratch } = subject;
  const config = registry.getStrategy(name);
  const root = join(scratch, revision.revision);
  const directory = join(root, 'code');
  const [stateDirectory, sharedDirectory] = [join(root, 'state'), join(scratch, 'shared')];
  for (const made of [directory, stateDirectory, sharedDirectory]) await mkdir(made, { recursive: true, mode: 0o700 });
  const runInterface = await adapt(subject, directory, hooks);
  return {
    deployment: `conformance-${process.pid}`,
    strategy: name,
    provider: config.provider,
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
  { registry, name }: StrategySubject,
  directory: string,
  hooks: ConformanceHooks,
): Promise<RunPlan['runInterface']> {
  const { solution } = registry.getConformance(name);
  if (solution === null) await writeFiles(directory, pythonSolution);
  else await cp(solution, directory, { recursive: true });
  const entry = hooks.entry ?? (solution === null ? 'conformance:respond' : undefined);
  const facts = await gatherFacts(directory);
  const adapted = await askRecipes(await registry.getRecipes(name), { workspace: directory, facts, entry });
  return adapted?.runInterface ?? registry.getDefaultRunInterface(name);
}

async function prepareEnvironment(
  { registry, name, home, onProgress }: StrategySubject,
  directory: string,
  root: string,
): Promise<Environment> {
  return await new Environments(home).prepare({
    directory,
    facts: await gatherFacts(directory),
    packageDirectory: join(root, 'packages'),
    extras: registry.getStrategy(name).packages,
    onProgress,
  });
}
