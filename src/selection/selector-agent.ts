import type { Solution } from '../contract/config.js';
import type { Facts } from '../contract/facts.js';
import type { Resources } from '../contract/resources.js';
import type { Candidate, DeploymentSetting } from '../contract/setting.js';
import { BerthError } from '../errors.js';
import { type BerthHome, berthHome } from '../home.js';
import type { StrategyEntry, StrategyRegistry } from '../registry/index.js';
import { checkSource } from './check-source.js';
import { chooseByModel } from './choose-by-model.js';
import { chooseByRules, describeScore, explainChoice } from './choose-by-rules.js';
import { explainSelection } from './explain-selection.js';
import { gatherFacts } from './gather-facts.js';
import { scoreStrategy } from './score.js';
import type { SelectionModel } from './selection-model.js';

interface Decision {
  strategy: string;
  decidedBy: DeploymentSetting['decidedBy'];
  reasoning: string;
  /** The model's; the user's go above them. */
  resources?: Resources;
}

interface Scene {
  solution: Solution;
  facts: Facts;
  entries: StrategyEntry[];
  candidates: Candidate[];
}

/** Chooses the strategy for a repository: the user, else a model where one is given, else the strategies' own rules. */
export class SelectorAgent {
  readonly #registry: StrategyRegistry;
  readonly #model: SelectionModel | undefined;
  readonly #home: BerthHome;

  constructor(registry: StrategyRegistry, options: { model?: SelectionModel; home?: BerthHome } = {}) {
    this.#registry = registry;
    this.#model = options.model;
    this.#home = options.home ?? berthHome();
  }

  /**
   * Decides among the allowed strategies (all that were found, by default); one allowed strategy is the user's decision.
   * Resources: the user's over the model's over the strategy's defaults.
   *
   * Throws STRATEGY_UNKNOWN, STRATEGY_BROKEN, STRATEGY_UNAVAILABLE, STRATEGY_UNDECIDED, SOURCE_EMPTY,
   * SOURCE_UNSUPPORTED, and what `gatherFacts` throws.
   */
  async select(
    solution: Solution,
    allowedStrategies?: readonly string[],
    resources: Resources = {},
  ): Promise<DeploymentSetting> {
    const entries = this.#findEntries(allowedStrategies);
    const facts = await gatherFacts(solution.path, { home: this.#home });
    checkSource(facts, solution.path);
    const candidates = entries.map((entry) => scoreStrategy(entry, facts));
    const scene = { solution, facts, entries, candidates };
    const decision = allowedStrategies?.length === 1 ? decideByUser(scene) : await this.#decide(scene);
    return this.#makeSetting(decision, candidates, resources);
  }

  /** What would be chosen and why, as text for a person: facts, scores, and what would change the choice. */
  async explain(solution: Solution, allowedStrategies?: readonly string[]): Promise<string> {
    const entries = this.#findEntries(allowedStrategies);
    const facts = await gatherFacts(solution.path, { home: this.#home });
    checkSource(facts, solution.path);
    const candidates = entries.map((entry) => scoreStrategy(entry, facts));
    const outcome = await this.#decideOrExplain({ solution, facts, entries, candidates });
    return explainSelection({ path: solution.path, facts, entries, candidates, ...outcome });
  }

  /** Sound strategies. A single one must be ready; of several, those that are not are listed as excluded. */
  #findEntries(allowed: readonly string[] | undefined): StrategyEntry[] {
    if (allowed === undefined) return this.#registry.describeAll().filter(({ state }) => state !== 'broken');
    const names = [...new Set(allowed)];
    if (names.length === 0) throw new BerthError('STRATEGY_NOT_ALLOWED', 'the list of allowed strategies is empty');
    return names.map((name) =>
      names.length === 1 ? this.#registry.requireReady(name) : this.#registry.getEntry(name),
    );
  }

  async #decide(scene: Scene): Promise<Decision> {
    if (this.#model === undefined) return decideByRules(scene);
    const usable = scene.entries.filter(({ state }) => state === 'ready');
    const strategies = usable.map(({ name }) => ({ name, instruction: this.#registry.getSelectorInstruction(name) }));
    try {
      const answer = await chooseByModel(this.#model, { solution: scene.solution, facts: scene.facts, strategies });
      return { ...answer, decidedBy: 'model' };
    } catch (error) {
      if (error instanceof BerthError) throw error;
      const decision = decideByRules(scene);
      const why = error instanceof Error ? error.message : String(error);
      return {
        ...decision,
        reasoning: `The model could not be asked (${why}), so the rules decided. ${decision.reasoning}`,
      };
    }
  }

  async #decideOrExplain(scene: Scene): Promise<{ chosen: string | null; reasoning: string }> {
    try {
      const { strategy, reasoning } = await this.#decide(scene);
      return { chosen: strategy, reasoning };
    } catch (error) {
      if (error instanceof BerthError && error.code.startsWith('STRATEGY_'))
        return { chosen: null, reasoning: error.message };
      throw error;
    }
  }

  #makeSetting(decision: Decision, candidates: Candidate[], resources: Resources): DeploymentSetting {
    const config = this.#registry.getStrategy(decision.strategy);
    return {
      strategy: config.name,
      provider: config.provider,
      interface: config.interface,
      resources: { ...config.default_resources, ...decision.resources, ...resources },
      runInterface: this.#registry.getDefaultRunInterface(config.name),
      decidedBy: decision.decidedBy,
      reasoning: decision.reasoning,
      candidates,
    };
  }
}

function decideByUser({ candidates: [candidate] }: Scene): Decision {
  if (candidate === undefined) throw new BerthError('STRATEGY_NOT_ALLOWED', 'no strategy is allowed');
  const reasoning = `${candidate.strategy} was asked for. ${describeScore(candidate)}`;
  return { strategy: candidate.strategy, decidedBy: 'user', reasoning };
}

function decideByRules({ candidates, solution }: Scene): Decision {
  const chosen = chooseByRules(candidates, solution.path);
  return { strategy: chosen.strategy, decidedBy: 'rules', reasoning: explainChoice(chosen, candidates) };
}
