import { isCancellation } from '@temporalio/workflow';
import type { SelectionExchange } from '../selection/index.js';
import { enter, type Life, record } from './life.js';
import { onHost } from './on-host.js';
import { giveEvidence } from './repair.js';
import { startRevision } from './revision.js';
import { spend } from './rounds.js';
import { adaptingOn, anywhere, buildingOn, quickOn } from './steps.js';

/**
 * selecting → copying → adapting ⇄ verifying → starting → checking → running: the steps of a new revision. What was
 * done by an earlier call is not done again, so a resumed deployment goes on where it failed.
 */
export async function bringUp(life: Life): Promise<void> {
  const exchanges = life.setting === null ? await selectStrategy(life) : [];
  if (!life.isCopied) await copyWorkspace(life, exchanges);
  for (;;) {
    try {
      if (life.adaptation === null) await adaptWorkspace(life);
      await verifyRevision(life);
      return await startRevision(life);
    } catch (error) {
      if (isCancellation(error)) throw error;
      giveEvidence(life, error);
    }
  }
}

/** Returns what a model was asked and answered, if it was one that decided. */
async function selectStrategy(life: Life): Promise<SelectionExchange[]> {
  const { config, info } = life;
  enter(life, 'selecting');
  const { setting, host, exchanges } = await record(
    life,
    'selectStrategy',
    () => anywhere.selectStrategy.executeWithOptions({ summary: `choose a strategy for ${info.name}` }, [{ config }]),
    ({ setting: { strategy, decidedBy } }) => `${strategy}, by ${decidedBy}`,
  );
  // From here on something may exist on that host: the undo knows where to look before the first step runs there.
  life.host = host;
  life.setting = setting;
  const { strategy, provider, interface: kind, resources, decidedBy, reasoning, candidates } = setting;
  Object.assign(info, { strategy, provider, interface: kind, resources, host });
  info.selection = { decidedBy, reasoning, candidates };
  return exchanges;
}

async function copyWorkspace(life: Life, exchanges: SelectionExchange[]): Promise<void> {
  const { info } = life;
  const { host } = selected(life);
  const { path } = info.source;
  enter(life, 'copying');
  const { digest, notes } = await onHost(
    life,
    'copyWorkspace',
    ({ files }) => (files === 1 ? '1 file' : `${files} files`),
    () =>
      quickOn(host).copyWorkspace.executeWithOptions({ summary: `copy ${path}` }, [
        { name: info.name, source: path, exchanges },
      ]),
  );
  life.isCopied = true;
  info.source.digest = digest;
  addNotes(life, notes);
}

async function adaptWorkspace(life: Life): Promise<void> {
  const { config, info, round } = life;
  const { host, setting } = selected(life);
  const which = round.number === 1 ? '' : `, round ${round.number}`;
  const summary = `adapt ${info.name} for ${setting.strategy}${which}`;
  enter(life, 'adapting');
  const adaptation = await onHost(
    life,
    'adaptWorkspace',
    (result) => `${result.by}: ${result.summary}`,
    () => adaptingOn(host).adaptWorkspace.executeWithOptions({ summary }, [{ config, setting, round }]),
  );
  const { by, summary: said, rounds, cost, tokens, sessionId, filesChanged, runInterface, notes } = adaptation;
  life.adaptation = adaptation;
  life.round.spent = spend(round.spent, { rounds, dollars: cost, tokens });
  life.round.session = sessionId === null ? round.session : { agent: by, id: sessionId };
  const { spent } = life.round;
  info.adaptation = { by, summary: said, rounds: spent.rounds, cost: spent.dollars, sessionId };
  info.adaptedFiles = filesChanged;
  info.runInterface = runInterface;
  addNotes(life, notes);
}

async function verifyRevision(life: Life): Promise<void> {
  const { config, info, adaptation } = life;
  const { host, setting } = selected(life);
  if (adaptation === null) throw new Error('what is verified was adapted before');
  const revision = `r${info.revisions.length + 1}`;
  const summary = `verify ${revision} of ${info.name}`;
  enter(life, 'verifying');
  const verified = await onHost(
    life,
    'verifyRevision',
    ({ rungs }) => `${rungs.length} checks passed`,
    () => buildingOn(host).verifyRevision.executeWithOptions({ summary }, [{ config, setting, adaptation, revision }]),
  );
  life.revision = verified;
  info.adaptedPath = verified.directory;
  info.contract = verified.contract;
  info.rungs = verified.rungs;
  addNotes(life, verified.notes);
  const createdAt = new Date().toISOString();
  info.revisions.push({ id: revision, state: 'verified', createdAt, digest: verified.digest });
}

function selected({ host, setting }: Life) {
  if (host === null || setting === null) throw new Error('the strategy is selected first');
  return { host, setting };
}

/** A choice that is made again in every round is told once. */
function addNotes({ info }: Life, notes: readonly string[]): void {
  info.notes = [...new Set([...info.notes, ...notes])];
}
