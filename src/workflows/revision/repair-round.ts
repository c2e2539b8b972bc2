import { isCancellation } from '@temporalio/workflow';
import { isRepairable } from '../../adaptation/is-repairable.js';
import type { Resumption } from '../../contract/round.js';
import type { ErrorRecord } from '../../errors.js';
import type { PendingRevision, WorkflowState } from '../state/state.js';
import { toApplicationFailure, toErrorRecord } from '../state/to-application-failure.js';
import { setChangeError, updateRevisionStatus } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';
import { addNotes } from './pending-revision.js';
import { addSpending, createNextRound, createResumedRound, describeEvidence, isNextRoundAllowed } from './rounds.js';

/**
 * Runs `attempt` until it succeeds: each failure that a coding agent may fix becomes the evidence of its next round.
 */
export async function repairUntilAccepted<T>(
  workflow: WorkflowState,
  pending: PendingRevision,
  attempt: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (isCancellation(error)) throw error;
      prepareRepairRound(workflow, pending, toErrorRecord(error));
    }
  }
}

/** Prepares the next round, or throws the failure if no agent can or may fix it. */
function prepareRepairRound(workflow: WorkflowState, pending: PendingRevision, failure: ErrorRecord): void {
  const { round, refusal } = pending;
  pending.verified = null;
  countRound(workflow, pending, failure);
  // With `auto` and no agent on this machine, the rejection of the recipe's result is the better explanation.
  if (failure.code === 'AGENT_UNUSABLE' && refusal !== null && round.agents[0] === 'auto')
    throw toApplicationFailure(refusal);
  if (!isRepairable(failure.code)) throw toApplicationFailure(failure);
  pending.refusal = failure;
  pending.adaptation = null;
  setChangeError(workflow, failure);
  if (!isNextRoundAllowed(round)) throw toApplicationFailure(failure);
  recordEvent(workflow, 'repair', `round ${round.number} was rejected: ${failure.message}`);
  pending.round = createNextRound(round, failure);
}

/** Applies the user's resumption to a revision that waits. */
export function resumePendingRevision(workflow: WorkflowState, pending: PendingRevision, resumption: Resumption): void {
  const { config, refusal } = pending;
  const evidence = refusal === null ? null : describeEvidence(refusal);
  const { strategy, agent, hint } = resumption;
  pending.round = createResumedRound(pending.round, resumption, { evidence, defaultRounds: config.rounds });
  if (strategy !== undefined)
    Object.assign(pending, { config: { ...config, strategy }, setting: null, isCopied: false });
  // An adaptation that was not rejected is only verified again, unless the user requests another one.
  if (strategy !== undefined || agent !== undefined || hint !== undefined) pending.adaptation = null;
  recordEvent(workflow, 'resume', describeResumption(resumption));
}

function describeResumption({ hint, agent, strategy, rounds, budget }: Resumption): string {
  const parts = [
    strategy === undefined ? '' : `with strategy ${strategy}`,
    agent === undefined ? '' : `with agent ${agent}`,
    rounds === undefined ? '' : `${rounds} more rounds`,
    budget === undefined ? '' : `up to ${budget} dollars`,
    hint === undefined ? '' : `hint: ${hint}`,
  ];
  return parts.filter((part) => part !== '').join(', ') || 'unchanged';
}

/** Counts a failed round, which costs as much as a successful one, and keeps its session. */
function countRound(workflow: WorkflowState, pending: PendingRevision, { details }: ErrorRecord): void {
  const { round } = pending;
  round.spent = addSpending(round.spent, details);
  const { agent, sessionId, notes } = details;
  if (Array.isArray(notes)) addNotes(pending, notes);
  if (typeof agent !== 'string' || typeof sessionId !== 'string') return;
  round.session = { agent, id: sessionId };
  const { rounds, dollars } = round.spent;
  updateRevisionStatus(workflow, { adaptation: { by: agent, summary: 'rejected', rounds, cost: dollars, sessionId } });
}
