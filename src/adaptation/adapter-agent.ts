import type { AdaptationResult } from '../contract/adaptation.js';
import type { Solution } from '../contract/config.js';
import type { Facts } from '../contract/facts.js';
import type { DeploymentSetting } from '../contract/setting.js';
import { BerthError } from '../errors.js';
import type { StrategyRegistry } from '../registry/index.js';
import { commitWorkspace } from '../workspaces/index.js';
import type { Agent } from './agent.js';
import type { Recipe, Recognition } from './recipe.js';
import { hiddenBySyntax } from './shapes/index.js';
import { writeFiles } from './write-files.js';

export interface AdaptRequest {
  solution: Solution;
  setting: DeploymentSetting;
  /** Our copy of the solution, a git repository. */
  workspace: string;
  facts: Facts;
  /** `MODULE:CALLABLE` or `MODULE:Class.method`, where the user said so. */
  entry?: string | undefined;
  /** `auto`, `none`, or an agent's name. */
  agent?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

export interface AdapterDependencies {
  registry: Pick<StrategyRegistry, 'getRecipes' | 'getAdapterInstruction'>;
  /** Coding agents that can be used, the preferred first. */
  agents?: readonly Agent[];
}

/** What an adaptation did, before git says which files it changed. */
type Adapted = Pick<AdaptationResult, 'by' | 'summary' | 'runInterface' | 'rounds' | 'cost' | 'sessionId'>;

/** Adapts a workspace to a strategy: by the strategy's recipes where one recognises it, else by a coding agent. */
export class AdapterAgent {
  readonly #registry: AdapterDependencies['registry'];
  readonly #agents: readonly Agent[];

  constructor({ registry, agents = [] }: AdapterDependencies) {
    this.#registry = registry;
    this.#agents = agents;
  }

  /**
   * The result is a commit of the workspace. Throws ENTRY_AMBIGUOUS when several callables fit, ENTRY_NOT_FOUND when
   * none does and there is no agent, ADAPTATION_FAILED when the workspace could not be written as meant.
   */
  async adapt(request: AdaptRequest): Promise<AdaptationResult> {
    const agent = this.#chooseAgent(request.agent ?? 'auto');
    const adapted = (await this.#byRecipe(request)) ?? (await this.#byAgent(agent, request));
    request.signal?.throwIfAborted();
    const { commit, filesChanged } = await commitWorkspace(request.workspace, `Adapt: ${adapted.summary}`);
    return { ...adapted, success: true, adaptedPath: request.workspace, filesChanged, commit };
  }

  #chooseAgent(name: string): Agent | undefined {
    if (name === 'none') return undefined;
    if (name === 'auto') return this.#agents[0];
    const agent = this.#agents.find((candidate) => candidate.name === name);
    if (agent !== undefined) return agent;
    const known = ['auto', 'none', ...this.#agents.map((candidate) => candidate.name)].join(', ');
    throw new BerthError('USAGE', `there is no coding agent “${name}” here; there are: ${known}`, {
      command: 'deploy',
    });
  }

  async #byRecipe({
    setting,
    workspace,
    facts,
    entry,
    signal,
    onProgress,
  }: AdaptRequest): Promise<Adapted | undefined> {
    const recipes = await this.#registry.getRecipes(setting.strategy);
    for (const recipe of recipes) {
      signal?.throwIfAborted();
      const recognition = await recipe.recognise({ workspace, facts, ...(entry && { entry }) });
      if (recognition === undefined) continue;
      onProgress?.(recognition.summary);
      await writeFiles(workspace, recognition.files);
      return describeRecipe(recipe, recognition);
    }
    return undefined;
  }

  async #byAgent(agent: Agent | undefined, request: AdaptRequest): Promise<Adapted> {
    const { solution, setting, workspace, facts, entry, signal, onProgress } = request;
    const recipes = await this.#registry.getRecipes(setting.strategy);
    if (agent === undefined) throw hiddenBySyntax(facts) ?? nothingRecognised(request, recipes);
    onProgress?.(`${agent.name} adapts the workspace`);
    const instruction = this.#registry.getAdapterInstruction(setting.strategy);
    const outcome = await agent.adapt({ solution, setting, workspace, facts, instruction, entry, signal, onProgress });
    return { by: agent.name, ...outcome };
  }
}

const describeRecipe = ({ name }: Recipe, { summary, runInterface }: Recognition): Adapted => ({
  by: `recipe:${name}`,
  summary,
  runInterface,
  rounds: 0,
  cost: 0,
  sessionId: null,
});

function nothingRecognised({ setting, facts, entry, solution }: AdaptRequest, recipes: readonly Recipe[]): BerthError {
  const looked = recipes.map(({ name }) => name).join(', ') || 'none';
  const candidates = facts.entryPoints.slice(0, 10).map(({ module, callable }) => `${module}:${callable}`);
  const message =
    entry === undefined
      ? `no recipe of the strategy “${setting.strategy}” recognises what to call, and no coding agent is used`
      : `the entry ${entry} is nothing that the strategy “${setting.strategy}” can call`;
  const evidence = [
    `recipes asked: ${looked}`,
    candidates.length === 0 ? 'callables found: none' : `callables found: ${candidates.join(', ')}`,
  ];
  return new BerthError('ENTRY_NOT_FOUND', `${message} (recipes asked: ${looked})`, {
    path: solution.path,
    candidates,
    evidence: evidence.join('\n'),
  });
}
