import type { Solution } from '../contract/deploy-config.js';
import type { Resources } from '../contract/resources.js';
import type { DeploymentSetting } from '../contract/setting.js';
import { BerthError } from '../errors.js';
import { gatherFacts } from '../facts/gather-facts.js';
import { type BerthHome, berthHome } from '../home/home.js';
import type { DeployConstraints, StrategyRegistry } from '../registry/index.js';
import { checkSource } from './check-source.js';
import { describeExcluded, listUsable } from './choose-by-rules.js';
import { type DecideOptions, type Decision, decide, type SelectionContext } from './decide.js';
import { explainSelection } from './explain-selection.js';
import { findEntries } from './find-entries.js';
import { narrowUndecided, previewStrategies } from './preview-strategies.js';
import { scoreStrategy } from './score-strategy.js';
import type { SelectionExchange, SelectionModel } from './selection-model.js';

export interface SelectOptions {
  /** Receives each question to a model and its answer, to be recorded with the deployment. */
  onExchange?: (exchange: SelectionExchange) => void;
  /** Restricts the choice to strategies that run on this provider. */
  provider?: string | undefined;
  /** Restricts the choice to strategies whose software other machines can call. */
  expose?: string | undefined;
  /** The callable that the user named with `--entry`. */
  entry?: string | undefined;
  signal?: AbortSignal;
}

/** Chooses the strategy for a repository by the user's constraints, a model if one is configured, or the rules. */
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
   * Decides among the allowed strategies (by default all); a single one is the user's decision. Resources of the user
   * override those of the model, which override the strategy's defaults.
   *
   * @throws STRATEGY_UNKNOWN, STRATEGY_BROKEN, STRATEGY_UNAVAILABLE, STRATEGY_UNDECIDED, STRATEGY_NOT_ALLOWED,
   * PROVIDER_UNKNOWN, EXPOSE_UNSUPPORTED, RESOURCE_INVALID, TOOL_MISSING, SOURCE_EMPTY, SOURCE_UNSUPPORTED, and the errors
   * of `gatherFacts`
   */
  async select(
    solution: Solution,
    allowedStrategies?: readonly string[],
    resources: Resources = {},
    options: SelectOptions = {},
  ): Promise<DeploymentSetting> {
    const { provider, expose, entry, onExchange, signal } = options;
    const constraints = { allow: allowedStrategies, provider, expose, schedule: resources.schedule };
    const context = await this.gatherContext(solution, resources, constraints);
    const decision = await this.decide(context, { allowed: allowedStrategies, onExchange, signal }).catch(
      async (error) => {
        throw await narrowUndecided(error, context, { registry: this.registry, entry });
      },
    );
    return this.buildSetting(decision, context, provider);
  }

  /**
   * Explains to a person which strategy would be chosen and why: facts, scores, what the strategy would call, and what
   * would change the choice.
   */
  async explain(
    solution: Solution,
    allowedStrategies?: readonly string[],
    { entry }: Pick<SelectOptions, 'entry'> = {},
  ): Promise<string> {
    const context = await this.gatherContext(solution, {}, { allow: allowedStrategies });
    const decision = await this.tryDecide(context, allowedStrategies);
    const strategies = decision.chosen === null ? listUsable(context.candidates) : [decision.chosen];
    const previews = await previewStrategies(strategies, context, { registry: this.registry, entry });
    return explainSelection({ ...context, ...decision, previews, model: this.model?.name ?? null });
  }

  private async gatherContext(
    solution: Solution,
    resources: Resources,
    constraints: DeployConstraints,
  ): Promise<SelectionContext> {
    const found = await findEntries(this.registry, constraints);
    const facts = await gatherFacts(solution.path, { home: this.home });
    const entries = checkSource(facts, solution.path, found);
    const candidates = entries.map((entry) => scoreStrategy(entry, facts));
    return { solution, facts, entries, candidates, resources };
  }

  private decide(context: SelectionContext, options: Omit<DecideOptions, 'registry' | 'model'>): Promise<Decision> {
    return decide(context, { ...options, registry: this.registry, model: this.model });
  }

  private async tryDecide(
    context: SelectionContext,
    allowed: readonly string[] | undefined,
  ): Promise<{ chosen: string | null; reasoning: string; decidedBy: Decision['decidedBy'] }> {
    try {
      const { strategy, reasoning, decidedBy } = await this.decide(context, { allowed });
      return { chosen: strategy, reasoning, decidedBy };
    } catch (error) {
      if (error instanceof BerthError && error.code.startsWith('STRATEGY_'))
        return { chosen: null, reasoning: error.message, decidedBy: 'rules' };
      throw error;
    }
  }

  private buildSetting(
    decision: Decision,
    { candidates, resources }: SelectionContext,
    provider: string | undefined,
  ): DeploymentSetting {
    const config = this.registry.getStrategy(decision.strategy);
    const excluded = decision.decidedBy === 'user' ? '' : describeExcluded(candidates);
    return {
      strategy: config.name,
      provider: provider ?? config.provider,
      interface: config.interface,
      resources: { ...config.default_resources, ...decision.resources, ...resources },
      runInterface: this.registry.getDefaultRunInterface(config.name),
      decidedBy: decision.decidedBy,
      reasoning: [decision.reasoning, excluded].filter((text) => text !== '').join(' '),
      candidates,
    };
  }
}
