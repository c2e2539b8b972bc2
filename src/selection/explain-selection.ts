import type { AdaptationPreview } from '../adaptation/preview-adaptation.js';
import type { Facts } from '../contract/facts.js';
import type { DeploymentSetting } from '../contract/setting.js';
import { describeFacts, shortenList } from '../facts/describe-facts.js';
import { quoteShellWord } from '../quote-shell-word.js';
import type { StrategyEntry } from '../registry/index.js';
import { listScores } from './choose-by-rules.js';
import type { SelectionContext } from './decide.js';
import { explainAdaptation } from './explain-adaptation.js';
import { matchesPattern } from './score-strategy.js';

/** Maximum characters of a reason that is shown a second time. */
const maxRepeatedLength = 40;

export interface SelectionExplanation extends Omit<SelectionContext, 'resources'> {
  /** Null if nothing was decided. */
  chosen: string | null;
  reasoning: string;
  /** The preview of the chosen strategy, or of every usable one if nothing was decided. */
  previews: { strategy: string; preview: AdaptationPreview }[];
  decidedBy: DeploymentSetting['decidedBy'];
  /** The model's name; null if none is configured. */
  model: string | null;
}

export function explainSelection(explanation: SelectionExplanation): string {
  const { solution, facts, candidates, previews } = explanation;
  const { path } = solution;
  return [
    [path, ...describeFacts(facts).map((line) => `  ${line}`)].join('\n'),
    listScores(candidates),
    `${describeOutcome(explanation)}\n${describeDecider(explanation)}`,
    previews.map(({ strategy, preview }) => explainAdaptation({ path, strategy, preview })).join('\n'),
    ['What would change this:', ...describeAlternatives(explanation).map((line) => `  ${line}`)].join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Announces a choice only if a deployment would accept it. */
function describeOutcome({ chosen, reasoning, previews, decidedBy }: SelectionExplanation): string {
  if (chosen === null) return `auto decides nothing: ${reasoning}`;
  if (decidedBy === 'user') return reasoning;
  const isRefused = previews.some(({ preview }) => preview.kind === 'refused');
  return isRefused
    ? `auto would choose ${chosen}, but ${chosen} refuses to deploy this (see below). ${reasoning}`
    : `auto chooses ${chosen}. ${reasoning}`;
}

function describeDecider({ decidedBy, model, entries }: SelectionExplanation): string {
  if (decidedBy === 'model') return `Decided by the model ${model}.`;
  if (decidedBy === 'user') return 'Decided by you: no other strategy is allowed.';
  if (model === null)
    return 'Decided by the rules. To let a model decide, set OPENAI_API_KEY or OPENAI_BASE_URL, and BERTH_MODEL.';
  const hasChoice = entries.filter(({ state }) => state === 'ready').length > 1;
  return `Decided by the rules${hasChoice ? '' : `; ${model} was not asked, because only one strategy can be used`}.`;
}

/** Describes for each strategy that was not chosen why it cannot be used, or which facts would raise its score. */
function describeAlternatives({ solution, facts, entries, candidates, chosen }: SelectionExplanation): string[] {
  const best = candidates.find(({ strategy }) => strategy === chosen)?.score ?? 0;
  const others = entries.filter(({ name }) => name !== chosen);
  const lines = others.map((entry) => {
    const score = candidates.find(({ strategy }) => strategy === entry.name)?.score ?? 0;
    if (entry.problem !== null)
      return `${entry.name}: cannot be used${entry.problem.length > maxRepeatedLength ? ' (see above)' : `, ${entry.problem}`}`;
    const absent = listAbsentSignals(entry, facts);
    return `${entry.name}: needs more than ${best} (has ${score}); would gain from ${shortenList(absent) || 'nothing else'}`;
  });
  const usable = entries.filter(({ state }) => state === 'ready').map(({ name }) => name);
  const command = `berth deploy ${quoteShellWord(solution.path)} --strategy ${usable.join('|') || 'NAME'}`;
  return [...lines, `or choose it yourself: ${command}`];
}

const listAbsentSignals = ({ config }: StrategyEntry, facts: Facts): string[] =>
  (config?.signals ?? [])
    .filter(({ weight, fact }) => weight > 0 && !facts.tags.some((tag) => matchesPattern(fact, tag)))
    .map(({ fact, weight }) => `${fact} (+${weight})`);
