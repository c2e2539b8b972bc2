import type { Solution } from '../contract/deploy-config.js';
import type { Facts } from '../contract/facts.js';
import type { Resources } from '../contract/resources.js';
import type { Candidate, DeploymentSetting } from '../contract/setting.js';
import { BerthError } from '../errors.js';
import type { StrategyEntry, StrategyRegistry } from '../registry/index.js';
import { chooseByModel, UnusableAnswerError } from './choose-by-model.js';
import { chooseByRules, describeScore, explainChoice } from './choose-by-rules.js';
import type { SelectionExchange, SelectionModel } from './selection-model.js';

/** Input of a decision. */
export interface SelectionContext {
  solution: Solution;
  facts: Facts;
  entries: StrategyEntry[];
  candidates: Candidate[];
  /** Resources that the user specified. */
  resources: Resources;
}

export interface Decision {
  strategy: string;
  decidedBy: DeploymentSetting['decidedBy'];
  reasoning: string;
  /** Resources that the model requests; the user's take precedence. */
  resources?: Resources;
}

export interface DecideOptions {
  registry: Pick<StrategyRegistry, 'getSelectorInstruction'>;
  model: SelectionModel | undefined;
  allowed: readonly string[] | undefined;
  onExchange?: ((exchange: SelectionExchange) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Decides on a strategy. A single allowed strategy is the user's decision. Otherwise the model decides, or the rules if
 * there is no model, no answer from it, or at most one usable strategy: the rules also know when that one does not fit.
 *
 * @throws STRATEGY_UNDECIDED, STRATEGY_UNAVAILABLE
 */
export async function decide(context: SelectionContext, options: DecideOptions): Promise<Decision> {
  const { model, allowed } = options;
  if (allowed?.length === 1) return decideByUser(context);
  const usable = context.entries.filter(({ state }) => state === 'ready');
  if (model === undefined || usable.length < 2) return decideByRules(context);
  return await decideByModel(model, context, usable, options);
}

function decideByUser({ candidates: [candidate] }: SelectionContext): Decision {
  if (candidate === undefined) throw new BerthError('STRATEGY_NOT_ALLOWED', 'no strategy is allowed');
  const reasoning = `You chose ${candidate.strategy}. ${describeScore(candidate)}`;
  return { strategy: candidate.strategy, decidedBy: 'user', reasoning };
}

function decideByRules({ candidates, solution }: SelectionContext): Decision {
  const chosen = chooseByRules(candidates, solution.path);
  return { strategy: chosen.strategy, decidedBy: 'rules', reasoning: explainChoice(chosen, candidates) };
}

async function decideByModel(
  model: SelectionModel,
  context: SelectionContext,
  usable: StrategyEntry[],
  { registry, onExchange, signal }: DecideOptions,
): Promise<Decision> {
  const { solution, facts, resources } = context;
  const strategies = usable.map(({ name }) => ({ name, instruction: registry.getSelectorInstruction(name) }));
  try {
    const answer = await chooseByModel(model, { solution, facts, strategies, resources, signal }, onExchange);
    return { ...answer, decidedBy: 'model' };
  } catch (error) {
    signal?.throwIfAborted();
    return decideAfterModelFailure(context, error);
  }
}

/** Lets the rules decide, and reports why the model did not, even if the rules cannot decide either. */
function decideAfterModelFailure(context: SelectionContext, error: unknown): Decision {
  const problem = error instanceof Error ? error.message : String(error);
  const note =
    error instanceof UnusableAnswerError
      ? `The model’s answers could not be used (${problem}), so the rules decided.`
      : `The model did not answer (${problem}), so the rules decided.`;
  try {
    const decision = decideByRules(context);
    return { ...decision, reasoning: `${note} ${decision.reasoning}` };
  } catch (undecided) {
    if (!(undecided instanceof BerthError)) throw undecided;
    const { code, message, details } = undecided;
    throw new BerthError(code, `${message}; the model failed before that (${problem})`, details, { cause: error });
  }
}
