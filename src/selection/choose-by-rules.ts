import type { Candidate } from '../contract/setting.js';
import { BerthError } from '../errors.js';

/** The candidate with the highest score. Never a guess: no score above zero, or a tie, is STRATEGY_UNDECIDED. */
export function chooseByRules(candidates: Candidate[], path: string): Candidate {
  const usable = candidates.filter(({ excluded }) => excluded === undefined).toSorted((a, b) => b.score - a.score);
  const [best, second] = usable;
  if (best === undefined) {
    const reasons = [...groupByReason(candidates, ({ strategy }) => strategy)]
      .map(([reason, names]) => `${names}: ${reason}`)
      .join('; ');
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
      candidates: usable.map(({ strategy }) => strategy),
      evidence: listScores(candidates),
    });
  }
  if (second?.score === best.score) {
    const names = usable.filter(({ score }) => score === best.score).map(({ strategy }) => strategy);
    const message = `${names.join(' and ')} score the same (${best.score}): the rules do not decide`;
    throw new BerthError('STRATEGY_UNDECIDED', message, {
      path,
      strategy: best.strategy,
      candidates: names,
      evidence: listScores(candidates),
    });
  }
  return best;
}

/** Names of the candidates that can be used, the best first. */
export const listUsable = (candidates: Candidate[]): string[] =>
  candidates
    .filter(({ excluded }) => excluded === undefined)
    .toSorted((left, right) => right.score - left.score)
    .map(({ strategy }) => strategy);

/** One line per strategy and signal, the highest score first. */
export const listScores = (candidates: Candidate[]): string =>
  candidates
    .toSorted((left, right) => right.score - left.score)
    .flatMap(({ strategy, score, reasons, excluded }) => [
      `${strategy}: ${score}${excluded === undefined ? '' : ` (cannot be used: ${excluded})`}`,
      ...reasons.map((reason) => `  ${reason}`),
    ])
    .join('\n');

/** The choice in sentences. */
export function explainChoice(chosen: Candidate, candidates: Candidate[]): string {
  const others = candidates.filter(({ strategy }) => strategy !== chosen.strategy);
  const lower = others
    .filter(({ excluded }) => excluded === undefined)
    .map(({ strategy, score }) => `${strategy} (${score})`);
  return [describeScore(chosen), lower.length > 0 ? `It scores more than ${lower.join(', ')}.` : '']
    .filter((sentence) => sentence !== '')
    .join(' ');
}

/** Whatever could not be chosen: a sentence per reason, which strategies often share. Empty when there is nothing. */
export function describeExcluded(candidates: Candidate[]): string {
  const byReason = groupByReason(candidates, ({ strategy, score }) => `${strategy} (${score})`);
  return [...byReason].map(([reason, names]) => `Left out: ${names}: ${reason}.`).join(' ');
}

/** Each reason once, with the strategies that it keeps from being chosen. */
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
  reasons.length === 0
    ? `No fact speaks for or against ${strategy}.`
    : `${strategy} scores ${score}: ${reasons.join('; ')}.`;
