import { isRepairable } from '../adaptation/is-repairable.js';
import type { Resumption } from '../contract/round.js';
import type { ErrorRecord } from '../errors.js';
import { asFailure, failureRecord } from './failures.js';
import type { Life, Work } from './life.js';
import { describeEvidence, isAnotherAllowed, resumedRound, roundAfter, spend } from './rounds.js';
import { setChangeError, show } from './showing.js';
import { note } from './step-record.js';

/** Makes of a failure the evidence of another round, or throws it where no agent can or may mend it. */
export function giveEvidence(life: Life, work: Work, error: unknown): void {
  const failure = failureRecord(error);
  const { info } = life;
  const { round, refused } = work;
  info.revisions = info.revisions.filter(({ id }) => id !== work.revision);
  countRound(life, work, failure);
  // With `auto` and no agent on this machine, what was wrong with the recipe's result says more than that.
  if (failure.code === 'AGENT_UNUSABLE' && refused !== null && round.agents[0] === 'auto') throw asFailure(refused);
  if (!isRepairable(failure.code)) throw asFailure(failure);
  work.refused = failure;
  work.adaptation = null;
  setChangeError(life, failure);
  if (!isAnotherAllowed(round)) throw asFailure(failure);
  note(life, 'repair', `round ${round.number} was not accepted: ${failure.message}`);
  work.round = roundAfter(round, failure);
}

/** Heeds what the user said to work that waits. */
export function resume(life: Life, work: Work, resumption: Resumption): void {
  const { config, refused } = work;
  const evidence = refused === null ? null : describeEvidence(refused);
  const { strategy, agent, hint } = resumption;
  work.round = resumedRound(work.round, resumption, { evidence, defaultRounds: config.rounds });
  if (strategy !== undefined) Object.assign(work, { config: { ...config, strategy }, setting: null, isCopied: false });
  // Without a word about the adaptation, one that was not refused is only checked again.
  if (strategy !== undefined || agent !== undefined || hint !== undefined) work.adaptation = null;
  note(life, 'resume', describe(resumption));
}

function describe({ hint, agent, strategy, rounds, budget }: Resumption): string {
  const words = [
    strategy === undefined ? '' : `with the strategy ${strategy}`,
    agent === undefined ? '' : `with the agent ${agent}`,
    rounds === undefined ? '' : `${rounds} more rounds`,
    budget === undefined ? '' : `up to ${budget} dollars`,
    hint === undefined ? '' : `hint: ${hint}`,
  ];
  return words.filter((word) => word !== '').join(', ') || 'as before';
}

/** A round that failed was paid for all the same, and its session can be continued. */
function countRound(life: Life, { round, shown }: Work, { details }: ErrorRecord): void {
  round.spent = spend(round.spent, details);
  const { agent, sessionId, notes } = details;
  if (Array.isArray(notes)) show(life, { notes: [...new Set([...shown.notes, ...notes])] });
  if (typeof agent !== 'string' || typeof sessionId !== 'string') return;
  round.session = { agent, id: sessionId };
  const { rounds, dollars } = round.spent;
  show(life, { adaptation: { by: agent, summary: 'not accepted', rounds, cost: dollars, sessionId } });
}
