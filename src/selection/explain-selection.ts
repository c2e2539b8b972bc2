import type { Facts } from '../contract/facts.js';
import type { Candidate, DeploymentSetting } from '../contract/setting.js';
import { describeFacts, shortenList } from '../facts/describe-facts.js';
import type { StrategyEntry } from '../registry/index.js';
import { listScores } from './choose-by-rules.js';
import { matchesPattern } from './score-strategy.js';

/** Characters of a reason that may be said twice. */
const maxRepeatedLength = 40;

export interface SelectionExplanation {
  path: string;
  facts: Facts;
  entries: StrategyEntry[];
  candidates: Candidate[];
  /** Null when nothing was decided. */
  chosen: string | null;
  reasoning: string;
  /** What the chosen strategy would call; where nothing was decided, each that can be used. */
  adaptations: string[];
  decidedBy: DeploymentSetting['decidedBy'];
  /** The model's name; null where none is configured. */
  model: string | null;
}

export function explainSelection(explanation: SelectionExplanation): string {
  const { path, facts, candidates, chosen, reasoning, adaptations } = explanation;
  const outcome = chosen === null ? `auto decides nothing: ${reasoning}` : `auto chooses ${chosen}. ${reasoning}`;
  return [
    [path, ...describeFacts(facts).map((line) => `  ${line}`)].join('\n'),
    listScores(candidates),
    `${outcome}\n${describeDecider(explanation)}`,
    adaptations.join('\n'),
    ['What would change this:', ...describeAlternatives(explanation).map((line) => `  ${line}`)].join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function describeDecider({ decidedBy, model, entries }: SelectionExplanation): string {
  if (decidedBy === 'model') return `Decided by the model ${model}.`;
  if (decidedBy === 'user') return 'Decided by you: nothing else is allowed.';
  if (model === null)
    return 'Decided by the rules; for a model to decide, set OPENAI_API_KEY or OPENAI_BASE_URL, and BERTH_MODEL.';
  const hasChoice = entries.filter(({ state }) => state === 'ready').length > 1;
  return `Decided by the rules${hasChoice ? '' : `; ${model} was not asked, because only one strategy can be used`}.`;
}

/** For each strategy that was not chosen: what it lacks, and which facts would speak for it. */
function describeAlternatives({ path, facts, entries, candidates, chosen }: SelectionExplanation): string[] {
  const best = candidates.find(({ strategy }) => strategy === chosen)?.score ?? 0;
  const others = entries.filter(({ name }) => name !== chosen);
  const lines = others.map((entry) => {
    const score = candidates.find(({ strategy }) => strategy === entry.name)?.score ?? 0;
    if (entry.problem !== null)
      return `${entry.name}: cannot be used${entry.problem.length > maxRepeatedLength ? ' (see above)' : `, ${entry.problem}`}`;
    const absent = listAbsentSignals(entry, facts);
    return `${entry.name}: needs more than ${best} (has ${score}); for it would speak ${shortenList(absent) || 'nothing else'}`;
  });
  const usable = entries.filter(({ state }) => state === 'ready').map(({ name }) => name);
  return [...lines, `or say it yourself: berth deploy ${path} --strategy ${usable.join('|') || 'NAME'}`];
}

const listAbsentSignals = ({ config }: StrategyEntry, facts: Facts): string[] =>
  (config?.signals ?? [])
    .filter(({ weight, fact }) => weight > 0 && !facts.tags.some((tag) => matchesPattern(fact, tag)))
    .map(({ fact, weight }) => `${fact} (+${weight})`);
