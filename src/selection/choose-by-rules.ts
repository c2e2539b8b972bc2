import type { Candidate } from '../contract/setting.js';
import { BerthError } from '../errors.js';

/**
 * Returns the candidate with the highest score. It never guesses.
 *
 * @throws STRATEGY_UNDECIDED when no score is above zero or the best scores tie, or STRATEGY_UNAVAILABLE
 */
export function chooseByRules(candidates: Candidate[], path: string): Candidate {
  const usable = candidates.filter(({ excluded }) => excluded === undefined).toSorted((a, b) => b.score - a.score);
  const [best, second] = usable;
  if (best === undefined) {
    const reasons = [...groupByReason(candidates, ({ strategy }) => strategy)]
      .map(([reason, names]) => `${names}: ${reason}`)
      .join('; ');
    throw new BerthError('STRATEGY_UNAVAILABLE', `no allowed strategy is available (${reasons || 'none is allowed'})`, {
      path,
    });
  }
  const undecided = (message: string, names: string[]) =>
    new BerthError('STRATEGY_UNDECIDED', message, {
      path,
      strategy: best.strategy,
      candidates: names,
      evidence: listScores(candidates),
    });
  if (best.score <= 0) {
    const names = usable.map(({ strategy }) => strategy);
    throw undecided(`nothing in the repository matches an available strategy (${names.join(', ')})`, names);
  }
  if (second?.score === best.score) {
    const names = usable.filter(({ score }) => score === best.score).map(({ strategy }) => strategy);
    throw undecided(`${names.join(' and ')} have the same score (${best.score}), so the rules cannot decide`, names);
  }
  return best;
}

/** Lists the names of the available candidates, best first. */
export const listUsable = (candidates: Candidate[]): string[] =>
  candidates
    .filter(({ excluded }) => excluded === undefined)
    .toSorted((left, right) => right.score - left.score)
    .map(({ strategy }) => strategy);

/** Lists the scores, highest first, one line per strategy and signal. */
export const listScores = (candidates: Candidate[]): string =>
  candidates
    .toSorted((left, right) => right.score - left.score)
    .flatMap(({ strategy, score, reasons, excluded }) => [
      `${strategy}: ${score}${excluded === undefined ? '' : ` (cannot be used: ${excluded})`}`,
      ...reasons.map((reason) => `  ${reason}`),
    ])
    .join('\n');

/** Explains the choice in sentences. */
export function explainChoice(chosen: Candidate, candidates: Candidate[]): string {
  const others = candidates.filter(({ strategy }) => strategy !== chosen.strategy);
  const lower = others
    .filter(({ excluded }) => excluded === undefined)
    .map(({ strategy, score }) => `${strategy} (${score})`);
  return [describeScore(chosen), lower.length > 0 ? `It scores higher than ${lower.join(', ')}.` : '']
    .filter((sentence) => sentence !== '')
    .join(' ');
}

/** Describes the excluded strategies, one sentence per reason, which several may share. Empty if there are none. */
export function describeExcluded(candidates: Candidate[]): string {
  const byReason = groupByReason(candidates, ({ strategy, score }) => `${strategy} (${score})`);
  return [...byReason].map(([reason, names]) => `Not available: ${names}: ${reason}.`).join(' ');
}

/** Groups the excluded strategies by reason. */
function groupByReason(candidates: Candidate[], name: (candidate: Candidate) => string): Map<string, string> {
  const byReason = new Map<string, string>();
  for (const candidate of candidates) {
    const { excluded } = candidate;
    if (excluded === undefined) continue;
    const others = byReason.get(excluded);
    byReason.set(excluded, others === undefined ? name(candidate) : `${others}, ${name(candidate)}`);
  }
  return byReason;
}

export const describeScore = ({ strategy, score, reasons }: Candidate): string =>
  reasons.length === 0 ? `No signal of ${strategy} matches.` : `${strategy} scores ${score}: ${reasons.join('; ')}.`;
