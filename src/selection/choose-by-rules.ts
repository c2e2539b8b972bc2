import type { Candidate } from '../contract/setting.js';
import { BerthError } from '../errors.js';

/** The candidate with the highest score. Never a guess: no score above zero, or a tie, is STRATEGY_UNDECIDED. */
export function chooseByRules(candidates: Candidate[], path: string): Candidate {
  const usable = candidates.filter(({ excluded }) => excluded === undefined).toSorted((a, b) => b.score - a.score);
  const [best, second] = usable;
  if (best === undefined) {
    const reasons = candidates.map(({ strategy, excluded }) => `${strategy}: ${excluded}`).join('; ');
    throw new BerthError('STRATEGY_UNAVAILABLE', `no allowed strategy can be used (${reasons || 'none is allowed'})`, {
      path,
    });
  }
  if (best.score <= 0) {
    const names = usable.map(({ strategy }) => strategy).join(', ');
    const message = `nothing in the repository speaks for one of the strategies that can be used (${names})`;
    throw new BerthError('STRATEGY_UNDECIDED', message, {
      path,
      strategy: best.strategy,
      evidence: listScores(candidates),
    });
  }
  if (second?.score === best.score) {
    const names = usable.filter(({ score }) => score === best.score).map(({ strategy }) => strategy);
    const message = `${names.join(' and ')} score the same (${best.score}): the rules do not decide`;
    throw new BerthError('STRATEGY_UNDECIDED', message, {
      path,
      strategy: best.strategy,
      evidence: listScores(candidates),
    });
  }
  return best;
}

/** One line per strategy and signal, the highest score first. */
export const listScores = (candidates: Candidate[]): string =>
  candidates
    .toSorted((left, right) => right.score - left.score)
    .flatMap(({ strategy, score, reasons, excluded }) => [
      `${strategy}: ${score}${excluded === undefined ? '' : ` (cannot be used: ${excluded})`}`,
      ...reasons.map((reason) => `  ${reason}`),
    ])
    .join('\n');

/** The choice and what was left out, in sentences. */
export function explainChoice(chosen: Candidate, candidates: Candidate[]): string {
  const others = candidates.filter(({ strategy }) => strategy !== chosen.strategy);
  const lower = others
    .filter(({ excluded }) => excluded === undefined)
    .map(({ strategy, score }) => `${strategy} (${score})`);
  return [
    describeScore(chosen),
    lower.length > 0 ? `It scores more than ${lower.join(', ')}.` : '',
    describeLeftOut(others),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

/** Whatever could not be chosen: a sentence per reason, which strategies often share. Empty when there is nothing. */
export function describeLeftOut(candidates: Candidate[]): string {
  const byReason = new Map<string, string[]>();
  for (const { strategy, score, excluded } of candidates) {
    if (excluded !== undefined) byReason.set(excluded, [...(byReason.get(excluded) ?? []), `${strategy} (${score})`]);
  }
  return [...byReason].map(([reason, names]) => `Left out: ${names.join(', ')}: ${reason}.`).join(' ');
}

export const describeScore = ({ strategy, score, reasons }: Candidate): string =>
  reasons.length === 0
    ? `No fact speaks for or against ${strategy}.`
    : `${strategy} scores ${score}: ${reasons.join('; ')}.`;
