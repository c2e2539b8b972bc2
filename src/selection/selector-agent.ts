import { type AdaptationPreview, previewAdaptation } from '../adaptation/preview-adaptation.js';
import type { Solution } from '../contract/deploy-config.js';
import type { Facts } from '../contract/facts.js';
import type { Resources } from '../contract/resources.js';
import type { Candidate, DeploymentSetting } from '../contract/setting.js';
import { BerthError } from '../errors.js';
import { gatherFacts } from '../facts/gather-facts.js';
import { type BerthHome, berthHome } from '../home/home.js';
import {
  describeNeeds,
  hasProvider,
  isExposable,
  type StrategyEntry,
  type StrategyRegistry,
} from '../registry/index.js';
import { checkSource } from './check-source.js';
import { chooseByModel, UnusableAnswerError } from './choose-by-model.js';
import { chooseByRules, describeExcluded, describeScore, explainChoice, listUsable } from './choose-by-rules.js';
import { explainAdaptation } from './explain-adaptation.js';
import { explainSelection } from './explain-selection.js';
import { scoreStrategy } from './score-strategy.js';
import type { SelectionExchange, SelectionModel } from './selection-model.js';

interface Decision {
  strategy: string;
  decidedBy: DeploymentSetting['decidedBy'];
  reasoning: string;
  /** The model's; the user's go above them. */
  resources?: Resources;
}

interface SelectionContext {
  solution: Solution;
  facts: Facts;
  entries: StrategyEntry[];
  candidates: Candidate[];
  /** What the user has fixed. */
  resources: Resources;
}

export interface SelectOptions {
  /** Hears each question to a model and its answer, to be kept with the deployment. */
  onExchange?: (exchange: SelectionExchange) => void;
  /** Leaves only the strategies that can run on it. */
  provider?: string | undefined;
  /** Leaves only the strategies whose software can be called from other machines. */
  expose?: string | undefined;
  /** What is called, where the user said so. */
  entry?: string | undefined;
  signal?: AbortSignal;
}

type SelectionConstraints = Pick<SelectOptions, 'provider' | 'expose'> & Pick<Resources, 'schedule'>;

/** Chooses the strategy for a repository: the user, else a model where one is given, else the strategies' own rules. */
export class SelectorAgent {
  private readonly registry: StrategyRegistry;
  private readonly model: SelectionModel | undefined;
  private readonly home: BerthHome;

  constructor(registry: StrategyRegistry, options: { model?: SelectionModel | undefined; home?: BerthHome } = {}) {
    this.registry = registry;
    this.model = options.model;
    this.home = options.home ?? berthHome();
  }

  /**
   * Decides among the allowed strategies (all that were found, by default); one allowed strategy is the user's decision.
   * Resources: the user's over the model's over the strategy's defaults.
   *
   * Throws STRATEGY_UNKNOWN, STRATEGY_BROKEN, STRATEGY_UNAVAILABLE, STRATEGY_UNDECIDED, PROVIDER_UNKNOWN,
   * EXPOSE_UNSUPPORTED, RESOURCE_INVALID, SOURCE_EMPTY, SOURCE_UNSUPPORTED, and what `gatherFacts` throws.
   */
  async select(
    solution: Solution,
    allowedStrategies?: readonly string[],
    resources: Resources = {},
    options: SelectOptions = {},
  ): Promise<DeploymentSetting> {
    const found = await this.findEntries(allowedStrategies, { ...options, schedule: resources.schedule });
    const facts = await gatherFacts(solution.path, { home: this.home });
    const entries = checkSource(facts, solution.path, found);
    const candidates = entries.map((entry) => scoreStrategy(entry, facts));
    const scene = { solution, facts, entries, candidates, resources };
    const decision = await this.decide(scene, allowedStrategies, options).catch(async (error) => {
      throw await this.suggestServingStrategy(error, scene, options.entry);
    });
    return this.buildSetting(decision, { candidates, resources, provider: options.provider });
  }

  /** What would be chosen and why, as text for a person: facts, scores, and what would change the choice. */
  async explain(
    solution: Solution,
    allowedStrategies?: readonly string[],
    { entry }: Pick<SelectOptions, 'entry'> = {},
  ): Promise<string> {
    const found = await this.findEntries(allowedStrategies);
    const facts = await gatherFacts(solution.path, { home: this.home });
    const entries = checkSource(facts, solution.path, found);
    const candidates = entries.map((entry) => scoreStrategy(entry, facts));
    const scene = { solution, facts, entries, candidates, resources: {} };
    const outcome = await this.decideOrExplain(scene, allowedStrategies);
    const model = this.model?.name ?? null;
    const { path } = solution;
    const asked = outcome.chosen === null ? listUsable(candidates) : [outcome.chosen];
    const adaptations = await Promise.all(
      asked.map(async (strategy) => {
        const preview = await this.preview(strategy, scene, entry);
        return explainAdaptation({ path, strategy, preview });
      }),
    );
    return explainSelection({ path, facts, entries, candidates, model, adaptations, ...outcome });
  }

  /** What the strategy's recipes would call, read from the user's own directory. */
  private async preview(
    strategy: string,
    { solution, facts }: SelectionContext,
    entry: string | undefined,
  ): Promise<AdaptationPreview> {
    const recipes = await this.registry.getRecipes(strategy);
    return await previewAdaptation(recipes, { workspace: solution.path, facts, ...(entry !== undefined && { entry }) });
  }

  /** Where nothing is decided, what is proposed is what would work: a strategy whose recipes recognize the repository. */
  private async suggestServingStrategy(
    error: unknown,
    scene: SelectionContext,
    entry: string | undefined,
  ): Promise<unknown> {
    if (!(error instanceof BerthError) || error.code !== 'STRATEGY_UNDECIDED') return error;
    const usable = error.details.candidates ?? [];
    const previews = await Promise.all(usable.map((strategy) => this.preview(strategy, scene, entry)));
    const serving = usable.filter((_, index) => previews[index]?.kind === 'recognized');
    const [strategy] = serving;
    if (strategy === undefined) return error;
    return new BerthError(
      error.code,
      error.message,
      { ...error.details, strategy, candidates: serving },
      { cause: error },
    );
  }

  /** Sound strategies. A single one must be ready; of several, those that are not are listed as excluded. */
  private async findEntries(
    allowed: readonly string[] | undefined,
    wishes: SelectionConstraints = {},
  ): Promise<StrategyEntry[]> {
    const { provider, expose, schedule } = wishes;
    const names = allowed === undefined ? undefined : [...new Set(allowed)];
    if (names?.length === 0) throw new BerthError('STRATEGY_NOT_ALLOWED', 'the list of allowed strategies is empty');
    if (provider !== undefined) this.registry.requireProvider(provider, names);
    if (expose !== undefined) this.registry.requireExposable(names, provider);
    if (schedule !== undefined) this.registry.requireSchedulable(names);
    const [only, ...others] = names ?? [];
    if (only !== undefined && others.length === 0) return [await this.requireUsable(only, provider)];
    const all = this.registry.listEntries().filter(({ state }) => state !== 'broken');
    const entries = names?.map((name) => this.registry.getEntry(name)) ?? all.map(excludeBilled);
    return await Promise.all(entries.map((entry) => this.markUnusable(entry, wishes)));
  }

  private async requireUsable(name: string, provider: string | undefined): Promise<StrategyEntry> {
    const entry = this.registry.requireReady(name);
    const unmet = await this.registry.findUnmetNeeds(name, provider);
    if (unmet.length === 0) return entry;
    throw new BerthError('TOOL_MISSING', `cannot deploy to ${provider ?? name}: ${describeNeeds(unmet)}`, {
      strategy: name,
    });
  }

  /** What the user wishes, or this machine lacks, makes a strategy unavailable here. */
  private async markUnusable(
    entry: StrategyEntry,
    { provider, expose, schedule }: SelectionConstraints,
  ): Promise<StrategyEntry> {
    if (entry.state !== 'ready' || entry.config === null) return entry;
    const without = (problem: string): StrategyEntry => ({ ...entry, state: 'unavailable', problem });
    if (provider !== undefined && !hasProvider(entry.config, provider))
      return without(`it does not run on ${provider}`);
    if (expose !== undefined && !isExposable(entry.config, provider))
      return without('it cannot be called from other machines');
    if (schedule !== undefined && !entry.config.schedulable) return without('it runs nothing by itself at set times');
    return await this.registry.checkAvailability(entry, provider);
  }

  private async decide(
    scene: SelectionContext,
    allowed: readonly string[] | undefined,
    options: SelectOptions = {},
  ): Promise<Decision> {
    if (allowed?.length === 1) return decideByUser(scene);
    const usable = scene.entries.filter(({ state }) => state === 'ready');
    // Of one there is nothing to choose, and the rules know when even that one does not fit.
    if (this.model === undefined || usable.length < 2) return decideByRules(scene);
    return await this.decideByModel(this.model, scene, usable, options);
  }

  private async decideByModel(
    model: SelectionModel,
    { solution, facts, resources, ...scene }: SelectionContext,
    usable: StrategyEntry[],
    { onExchange, signal }: SelectOptions,
  ): Promise<Decision> {
    const strategies = usable.map(({ name }) => ({ name, instruction: this.registry.getSelectorInstruction(name) }));
    const question = { solution, facts, strategies, resources, signal };
    try {
      const answer = await chooseByModel(model, question, onExchange);
      return { ...answer, decidedBy: 'model' };
    } catch (error) {
      signal?.throwIfAborted();
      return decideAfterModelFailure({ solution, facts, resources, ...scene }, error);
    }
  }

  private async decideOrExplain(
    scene: SelectionContext,
    allowed: readonly string[] | undefined,
  ): Promise<{ chosen: string | null; reasoning: string; decidedBy: Decision['decidedBy'] }> {
    try {
      const { strategy, reasoning, decidedBy } = await this.decide(scene, allowed);
      return { chosen: strategy, reasoning, decidedBy };
    } catch (error) {
      if (error instanceof BerthError && error.code.startsWith('STRATEGY_'))
        return { chosen: null, reasoning: error.message, decidedBy: 'rules' };
      throw error;
    }
  }

  private buildSetting(
    decision: Decision,
    {
      candidates,
      resources,
      provider,
    }: Pick<SelectionContext, 'candidates' | 'resources'> & Pick<SelectOptions, 'provider'>,
  ): DeploymentSetting {
    const config = this.registry.getStrategy(decision.strategy);
    const leftOut = decision.decidedBy === 'user' ? '' : describeExcluded(candidates);
    return {
      strategy: config.name,
      provider: provider ?? config.provider,
      interface: config.interface,
      resources: { ...config.default_resources, ...decision.resources, ...resources },
      runInterface: this.registry.getDefaultRunInterface(config.name),
      decidedBy: decision.decidedBy,
      reasoning: [decision.reasoning, leftOut].filter((text) => text !== '').join(' '),
      candidates,
    };
  }
}

/** What costs money is never started by a guess. */
function excludeBilled(entry: StrategyEntry): StrategyEntry {
  const billed = entry.config?.billed;
  if (entry.state !== 'ready' || billed === undefined) return entry;
  const problem = `${billed}, so it is chosen only when you name it: --strategy ${entry.name}, or an --allow that has it`;
  return { ...entry, state: 'unavailable', problem };
}

function decideByUser({ candidates: [candidate] }: SelectionContext): Decision {
  if (candidate === undefined) throw new BerthError('STRATEGY_NOT_ALLOWED', 'no strategy is allowed');
  const reasoning = `${candidate.strategy} was asked for. ${describeScore(candidate)}`;
  return { strategy: candidate.strategy, decidedBy: 'user', reasoning };
}

function decideByRules({ candidates, solution }: SelectionContext): Decision {
  const chosen = chooseByRules(candidates, solution.path);
  return { strategy: chosen.strategy, decidedBy: 'rules', reasoning: explainChoice(chosen, candidates) };
}

/** What kept the model from deciding is said with the decision, and also where the rules make none. */
function decideAfterModelFailure(scene: SelectionContext, error: unknown): Decision {
  const words = error instanceof Error ? error.message : String(error);
  const why =
    error instanceof UnusableAnswerError
      ? `The model did not decide (${words}), so the rules did.`
      : `The model could not be asked (${words}), so the rules decided.`;
  try {
    const decision = decideByRules(scene);
    return { ...decision, reasoning: `${why} ${decision.reasoning}` };
  } catch (undecided) {
    if (!(undecided instanceof BerthError)) throw undecided;
    const { code, message, details } = undecided;
    throw new BerthError(code, `${message}; before, the model was asked in vain (${words})`, details, { cause: error });
  }
}
