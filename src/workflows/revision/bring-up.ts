import { isCancellation } from '@temporalio/workflow';
import type { PreviousAdaptation } from '../../activities/adapt-workspace.js';
import { listStaleCalls } from '../../adaptation/summarize-contract.js';
import type { Handle } from '../../contract/handle.js';
import type { DeploymentSetting } from '../../contract/setting.js';
import type { SelectionExchange } from '../../selection/index.js';
import { adaptActivities, buildActivities, quickActivities, sharedActivities } from '../activity-proxies.js';
import type { KeptRevision, PendingRevision, WorkflowState } from '../state/state.js';
import { setChangeState, updateRevisionStatus } from '../status/publish-status.js';
import { withCost, withReason } from '../status/step-record.js';
import { prepareRepairRound } from './repair-round.js';
import { findRevision, startRevision } from './revision.js';
import { addSpending } from './rounds.js';
import { runOnHost } from './run-on-host.js';

/** A revision that is up and kept its contract at its endpoint. */
export interface StartedRevision {
  revision: KeptRevision;
  handle: Handle;
}

/**
 * selecting → copying → adapting ⇄ verifying → starting → checking: the steps of a new revision. What was done by an
 * earlier call is not done again, so work that is resumed goes on where it failed.
 */
export async function bringUp(workflow: WorkflowState, pending: PendingRevision): Promise<StartedRevision> {
  const exchanges = pending.setting === null ? await selectStrategy(workflow, pending) : [];
  if (!pending.isCopied) await copyWorkspace(workflow, pending, exchanges);
  for (;;) {
    try {
      if (pending.adaptation === null) await adaptWorkspace(workflow, pending);
      const revision = await verifyRevision(workflow, pending);
      return { revision, handle: await startRevision(workflow, revision) };
    } catch (error) {
      if (isCancellation(error)) throw error;
      prepareRepairRound(workflow, pending, error);
    }
  }
}

/** Returns what a model was asked and answered, if it was one that decided. */
async function selectStrategy(workflow: WorkflowState, pending: PendingRevision): Promise<SelectionExchange[]> {
  const { config } = pending;
  setChangeState(workflow, 'selecting');
  const steps = workflow.host === null ? sharedActivities : quickActivities(workflow.host);
  const { setting, host, exchanges } = await runOnHost(
    workflow,
    'selectStrategy',
    ({ setting }) => ({ note: describeChoice(setting), ...withReason(setting.reasoning) }),
    () => steps.selectStrategy.executeWithOptions({ summary: `choose a strategy for ${config.name}` }, [{ config }]),
    1,
  );
  // From here on something may exist on that host: the undo knows where to look before the first step runs there.
  workflow.host ??= host;
  workflow.info.host ??= host;
  pending.setting = setting;
  const { strategy, provider, interface: kind, resources, decidedBy, reasoning, candidates } = setting;
  updateRevisionStatus(workflow, {
    strategy,
    provider,
    interface: kind,
    resources,
    selection: { decidedBy, reasoning, candidates },
  });
  return exchanges;
}

/** What fits the code better and could not be chosen is said at once: another one's adaptation may fail for that. */
function describeChoice({ strategy, decidedBy, candidates }: DeploymentSetting): string {
  const choice = `${strategy}, by ${decidedBy}`;
  if (decidedBy === 'user') return choice;
  const score = candidates.find((candidate) => candidate.strategy === strategy)?.score ?? 0;
  const better = candidates.filter((candidate) => candidate.excluded !== undefined && candidate.score > score);
  return [choice, ...better.map((one) => `${one.strategy} fits better, but ${one.excluded}`)].join('; ');
}

async function copyWorkspace(
  workflow: WorkflowState,
  pending: PendingRevision,
  exchanges: SelectionExchange[],
): Promise<void> {
  const { name, solution } = pending.config;
  const { host } = requireSelection(workflow, pending);
  const { path } = solution;
  setChangeState(workflow, 'copying');
  const { digest, notes } = await runOnHost(
    workflow,
    'copyWorkspace',
    ({ files }) => (files === 1 ? '1 file' : `${files} files`),
    () =>
      quickActivities(host).copyWorkspace.executeWithOptions({ summary: `copy ${path}` }, [
        { name, revision: pending.revision, source: path, exchanges },
      ]),
  );
  pending.isCopied = true;
  updateRevisionStatus(workflow, { source: { path, digest } });
  addNotes(workflow, pending, notes);
}

async function adaptWorkspace(workflow: WorkflowState, pending: PendingRevision): Promise<void> {
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
        { config, setting, round, carried: findReusableAdaptation(workflow, pending) },
      ]),
  );
  const { by, summary: agentSummary, rounds, cost, tokens, sessionId, filesChanged, runInterface, notes } = adaptation;
  workflow.counters.rounds = Math.max(workflow.counters.rounds, round.number);
  pending.adaptation = adaptation;
  round.spent = addSpending(round.spent, { rounds, dollars: cost, tokens });
  round.session = sessionId === null ? round.session : { agent: by, id: sessionId };
  const { spent } = round;
  updateRevisionStatus(workflow, {
    adaptation: { by, summary: agentSummary, rounds: spent.rounds, cost: spent.dollars, sessionId },
    adaptedFiles: filesChanged,
    runInterface,
  });
  addNotes(workflow, pending, notes);
}

/** What an agent made of the revision before is tried first, once, on the same strategy. */
function findReusableAdaptation(
  workflow: WorkflowState,
  { round, firstRound, setting }: PendingRevision,
): PreviousAdaptation | null {
  const kept = workflow.active === null ? undefined : findRevision(workflow, workflow.active.revision);
  if (kept === undefined || round.number !== firstRound || kept.setting.strategy !== setting?.strategy) return null;
  const { adaptation, revision } = kept;
  return adaptation.by.startsWith('recipe:') ? null : { revision: revision.id, adaptation };
}

async function verifyRevision(workflow: WorkflowState, pending: PendingRevision): Promise<KeptRevision> {
  const { config, adaptation, revision, resolvesAnew } = pending;
  const { host, setting } = requireSelection(workflow, pending);
  if (adaptation === null) throw new Error('what is verified was adapted before');
  const summary = `verify ${revision} of ${config.name}`;
  setChangeState(workflow, 'verifying');
  const verified = await runOnHost(
    workflow,
    'verifyRevision',
    ({ checks }) => `${checks.length} checks passed`,
    () =>
      buildActivities(host).verifyRevision.executeWithOptions({ summary }, [
        { config, setting, adaptation, revision, isFresh: resolvesAnew },
      ]),
  );
  pending.verified = verified;
  updateRevisionStatus(workflow, {
    adaptedPath: verified.directory,
    contract: verified.contract,
    checks: verified.checks,
  });
  addNotes(workflow, pending, [...verified.notes, ...listStaleCalls(verified.contract)]);
  const entry = { id: revision, state: 'verified', createdAt: new Date().toISOString(), digest: verified.digest };
  workflow.info.revisions = [...workflow.info.revisions.filter(({ id }) => id !== revision), entry];
  return { config, setting, adaptation, revision: verified, status: pending.status };
}

function requireSelection({ host }: WorkflowState, { setting }: PendingRevision) {
  if (host === null || setting === null) throw new Error('the strategy is selected first');
  return { host, setting };
}

/** A choice that is made again in every round is told once. */
function addNotes(workflow: WorkflowState, pending: PendingRevision, notes: readonly string[]): void {
  updateRevisionStatus(workflow, { notes: [...new Set([...pending.status.notes, ...notes])] });
}
