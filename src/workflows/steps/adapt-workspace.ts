import type { PreviousAdaptation } from '../../activities/adapt-workspace.js';
import type { AdaptationResult } from '../../contract/adaptation.js';
import { adaptActivities } from '../activity-proxies.js';
import { findRevision } from '../revision/kept-revisions.js';
import { addNotes, requireSelection } from '../revision/pending-revision.js';
import { addSpending } from '../revision/rounds.js';
import type { PendingRevision, WorkflowState } from '../state/state.js';
import { setChangeState, updateRevisionStatus } from '../status/publish-status.js';
import { withCost } from '../status/step-record.js';
import { runOnHost } from './run-on-host.js';

/** Adapts the workspace in one round, by recipe or by coding agent, unless it is already adapted. */
export async function adaptWorkspace(workflow: WorkflowState, pending: PendingRevision): Promise<void> {
  if (pending.adaptation !== null) return;
  const { config, round } = pending;
  const { host, setting } = requireSelection(workflow, pending);
  const roundSuffix = round.number === pending.firstRound ? '' : `, round ${round.number}`;
  const summary = `adapt ${config.name} for ${setting.strategy}${roundSuffix}`;
  setChangeState(workflow, 'adapting');
  const adaptation = await runOnHost(
    workflow,
    'adaptWorkspace',
    (result) => ({ note: `${result.by}: ${result.summary}`, ...withCost(result.cost) }),
    () =>
      adaptActivities(host).adaptWorkspace.executeWithOptions({ summary }, [
        { config, setting, round, previous: findReusableAdaptation(workflow, pending) },
      ]),
  );
  workflow.counters.rounds = Math.max(workflow.counters.rounds, round.number);
  recordAdaptation(workflow, pending, adaptation);
}

function recordAdaptation(workflow: WorkflowState, pending: PendingRevision, adaptation: AdaptationResult): void {
  const { by, summary, rounds, cost, tokens, sessionId, filesChanged, runInterface, notes } = adaptation;
  const { round } = pending;
  pending.adaptation = adaptation;
  round.spent = addSpending(round.spent, { rounds, dollars: cost, tokens });
  round.session = sessionId === null ? round.session : { agent: by, id: sessionId };
  const { spent } = round;
  updateRevisionStatus(workflow, {
    adaptation: { by, summary, rounds: spent.rounds, cost: spent.dollars, sessionId },
    adaptedFiles: filesChanged,
    runInterface,
  });
  addNotes(pending, notes);
}

/** Returns a coding agent's change of the active revision, to be tried once on the new source for the same strategy. */
function findReusableAdaptation(
  workflow: WorkflowState,
  { round, firstRound, setting }: PendingRevision,
): PreviousAdaptation | null {
  const kept = workflow.active === null ? undefined : findRevision(workflow, workflow.active.revision);
  if (kept === undefined || round.number !== firstRound || kept.setting.strategy !== setting?.strategy) return null;
  const { adaptation, revision } = kept;
  return adaptation.by.startsWith('recipe:') ? null : { revision: revision.id, adaptation };
}
