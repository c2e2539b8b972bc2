import { isRepairable } from '../../adaptation/is-repairable.js';
import type { Resumption } from '../../contract/round.js';
import type { ErrorRecord } from '../../errors.js';
import type { PendingRevision, WorkflowState } from '../state/state.js';
import { toApplicationFailure, toErrorRecord } from '../state/to-application-failure.js';
import { setChangeError, updateRevisionStatus } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';
import { addSpending, createNextRound, createResumedRound, describeEvidence, isNextRoundAllowed } from './rounds.js';

/** Makes of a failure the evidence of another round, or throws it where no agent can or may mend it. */
export function prepareRepairRound(workflow: WorkflowState, pending: PendingRevision, error: unknown): void {
  const failure = toErrorRecord(error);
  const { info } = workflow;
  const { round, refusal } = pending;
  info.revisions = info.revisions.filter(({ id }) => id !== pending.revision);
  countRound(workflow, pending, failure);
  // With `auto` and no agent on this machine, what was wrong with the recipe's result says more than that.
  if (failure.code === 'AGENT_UNUSABLE' && refusal !== null && round.agents[0] === 'auto')
    throw toApplicationFailure(refusal);
  if (!isRepairable(failure.code)) throw toApplicationFailure(failure);
  pending.refusal = failure;
  pending.adaptation = null;
  setChangeError(workflow, failure);
  if (!isNextRoundAllowed(round)) throw toApplicationFailure(failure);
  recordEvent(workflow, 'repair', `round ${round.number} was not accepted: ${failure.message}`);
  pending.round = createNextRound(round, failure);
}

/** Heeds what the user said to work that waits. */
export function resumePendingRevision(workflow: WorkflowState, pending: PendingRevision, resumption: Resumption): void {
  const { config, refusal } = pending;
  const evidence = refusal === null ? null : describeEvidence(refusal);
  const { strategy, agent, hint } = resumption;
  pending.round = createResumedRound(pending.round, resumption, { evidence, defaultRounds: config.rounds });
  if (strategy !== undefined)
    Object.assign(pending, { config: { ...config, strategy }, setting: null, isCopied: false });
  // Without a word about the adaptation, one that was not refused is only checked again.
  if (strategy !== undefined || agent !== undefined || hint !== undefined) pending.adaptation = null;
  recordEvent(workflow, 'resume', describeResumption(resumption));
}

function describeResumption({ hint, agent, strategy, rounds, budget }: Resumption): string {
  const parts = [
    strategy === undefined ? '' : `with the strategy ${strategy}`,
    agent === undefined ? '' : `with the agent ${agent}`,
    rounds === undefined ? '' : `${rounds} more rounds`,
    budget === undefined ? '' : `up to ${budget} dollars`,
    hint === undefined ? '' : `hint: ${hint}`,
  ];
  return parts.filter((word) => word !== '').join(', ') || 'as before';
}

/** A round that failed was paid for all the same, and its session can be continued. */
function countRound(workflow: WorkflowState, { round, status }: PendingRevision, { details }: ErrorRecord): void {
  round.spent = addSpending(round.spent, details);
  const { agent, sessionId, notes } = details;
  if (Array.isArray(notes)) updateRevisionStatus(workflow, { notes: [...new Set([...status.notes, ...notes])] });
  if (typeof agent !== 'string' || typeof sessionId !== 'string') return;
  round.session = { agent, id: sessionId };
  const { rounds, dollars } = round.spent;
  updateRevisionStatus(workflow, {
    adaptation: { by: agent, summary: 'not accepted', rounds, cost: dollars, sessionId },
  });
}
