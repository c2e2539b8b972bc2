import { isCancellation } from '@temporalio/workflow';
import type { CarriedAdaptation } from '../activities/adapt-workspace.js';
import { listStaleCalls } from '../adaptation/stated-contract.js';
import type { Handle } from '../contract/handle.js';
import type { DeploymentSetting } from '../contract/setting.js';
import type { SelectionExchange } from '../selection/index.js';
import type { KeptRevision, Life, Work } from './life.js';
import { onHost } from './on-host.js';
import { giveEvidence } from './repair.js';
import { findRevision, startRevision } from './revision.js';
import { spend } from './rounds.js';
import { advance, show } from './showing.js';
import { because, costing } from './step-record.js';
import { adaptingOn, anywhere, buildingOn, quickOn } from './steps.js';

/** A revision that is up and kept its contract at its endpoint. */
export interface Upcoming {
  revision: KeptRevision;
  handle: Handle;
}

/**
 * selecting → copying → adapting ⇄ verifying → starting → checking: the steps of a new revision. What was done by an
 * earlier call is not done again, so work that is resumed goes on where it failed.
 */
export async function bringUp(life: Life, work: Work): Promise<Upcoming> {
  const exchanges = work.setting === null ? await selectStrategy(life, work) : [];
  if (!work.isCopied) await copyWorkspace(life, work, exchanges);
  for (;;) {
    try {
      if (work.adaptation === null) await adaptWorkspace(life, work);
      const revision = await verifyRevision(life, work);
      return { revision, handle: await startRevision(life, revision) };
    } catch (error) {
      if (isCancellation(error)) throw error;
      giveEvidence(life, work, error);
    }
  }
}

/** Returns what a model was asked and answered, if it was one that decided. */
async function selectStrategy(life: Life, work: Work): Promise<SelectionExchange[]> {
  const { config } = work;
  advance(life, 'selecting');
  const steps = life.host === null ? anywhere : quickOn(life.host);
  const { setting, host, exchanges } = await onHost(
    life,
    'selectStrategy',
    ({ setting }) => ({ note: describeChoice(setting), ...because(setting.reasoning) }),
    () => steps.selectStrategy.executeWithOptions({ summary: `choose a strategy for ${config.name}` }, [{ config }]),
    1,
  );
  // From here on something may exist on that host: the undo knows where to look before the first step runs there.
  life.host ??= host;
  life.info.host ??= host;
  work.setting = setting;
  const { strategy, provider, interface: kind, resources, decidedBy, reasoning, candidates } = setting;
  show(life, { strategy, provider, interface: kind, resources, selection: { decidedBy, reasoning, candidates } });
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

async function copyWorkspace(life: Life, work: Work, exchanges: SelectionExchange[]): Promise<void> {
  const { name, solution } = work.config;
  const { host } = selected(life, work);
  const { path } = solution;
  advance(life, 'copying');
  const { digest, notes } = await onHost(
    life,
    'copyWorkspace',
    ({ files }) => (files === 1 ? '1 file' : `${files} files`),
    () =>
      quickOn(host).copyWorkspace.executeWithOptions({ summary: `copy ${path}` }, [
        { name, revision: work.revision, source: path, exchanges },
      ]),
  );
  work.isCopied = true;
  show(life, { source: { path, digest } });
  addNotes(life, work, notes);
}

async function adaptWorkspace(life: Life, work: Work): Promise<void> {
  const { config, round } = work;
  const { host, setting } = selected(life, work);
  const which = round.number === work.firstRound ? '' : `, round ${round.number}`;
  const summary = `adapt ${config.name} for ${setting.strategy}${which}`;
  advance(life, 'adapting');
  const adaptation = await onHost(
    life,
    'adaptWorkspace',
    (result) => ({ note: `${result.by}: ${result.summary}`, ...costing(result.cost) }),
    () =>
      adaptingOn(host).adaptWorkspace.executeWithOptions({ summary }, [
        { config, setting, round, carried: findCarried(life, work) },
      ]),
  );
  const { by, summary: said, rounds, cost, tokens, sessionId, filesChanged, runInterface, notes } = adaptation;
  life.counted.rounds = Math.max(life.counted.rounds, round.number);
  work.adaptation = adaptation;
  round.spent = spend(round.spent, { rounds, dollars: cost, tokens });
  round.session = sessionId === null ? round.session : { agent: by, id: sessionId };
  const { spent } = round;
  show(life, {
    adaptation: { by, summary: said, rounds: spent.rounds, cost: spent.dollars, sessionId },
    adaptedFiles: filesChanged,
    runInterface,
  });
  addNotes(life, work, notes);
}

/** What an agent made of the revision before is tried first, once, on the same strategy. */
function findCarried(life: Life, { round, firstRound, setting }: Work): CarriedAdaptation | null {
  const kept = life.active === null ? undefined : findRevision(life, life.active.revision);
  if (kept === undefined || round.number !== firstRound || kept.setting.strategy !== setting?.strategy) return null;
  const { adaptation, revision } = kept;
  return adaptation.by.startsWith('recipe:') ? null : { revision: revision.id, adaptation };
}

async function verifyRevision(life: Life, work: Work): Promise<KeptRevision> {
  const { config, adaptation, revision, isFresh } = work;
  const { host, setting } = selected(life, work);
  if (adaptation === null) throw new Error('what is verified was adapted before');
  const summary = `verify ${revision} of ${config.name}`;
  advance(life, 'verifying');
  const verified = await onHost(
    life,
    'verifyRevision',
    ({ rungs }) => `${rungs.length} checks passed`,
    () =>
      buildingOn(host).verifyRevision.executeWithOptions({ summary }, [
        { config, setting, adaptation, revision, isFresh },
      ]),
  );
  work.verified = verified;
  show(life, { adaptedPath: verified.directory, contract: verified.contract, rungs: verified.rungs });
  addNotes(life, work, [...verified.notes, ...listStaleCalls(verified.contract)]);
  const entry = { id: revision, state: 'verified', createdAt: new Date().toISOString(), digest: verified.digest };
  life.info.revisions = [...life.info.revisions.filter(({ id }) => id !== revision), entry];
  return { config, setting, adaptation, revision: verified, shown: work.shown };
}

function selected({ host }: Life, { setting }: Work) {
  if (host === null || setting === null) throw new Error('the strategy is selected first');
  return { host, setting };
}

/** A choice that is made again in every round is told once. */
function addNotes(life: Life, work: Work, notes: readonly string[]): void {
  show(life, { notes: [...new Set([...work.shown.notes, ...notes])] });
}
