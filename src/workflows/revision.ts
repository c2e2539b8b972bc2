import { isCancellation } from '@temporalio/workflow';
import { listStaleCalls } from '../adaptation/stated-contract.js';
import type { Handle } from '../contract/handle.js';
import type { ContractReport } from '../contract/revision.js';
import type { DeploymentInfo } from '../contract/status.js';
import { failureRecord } from './failures.js';
import type { KeptRevision, Life } from './life.js';
import { onHost } from './on-host.js';
import { advance, enter } from './showing.js';
import { buildingOn, quickOn, undoingOn } from './steps.js';

/** How often what has ended between its start and its check is started. */
const startsAllowed = 3;

/**
 * starting → checking, with the contract at the real endpoint. What fails the check does not stay up. While an earlier
 * revision serves, callers go on reaching that one; else they reach this one as soon as it has passed. What is not
 * there any more to be checked, because it was killed with everything else, is started again.
 */
export async function startRevision(life: Life, kept: KeptRevision, show: Show = advance): Promise<Handle> {
  for (let starts = 1; ; starts += 1) {
    try {
      return await startOnce(life, kept, show);
    } catch (error) {
      if (starts === startsAllowed || !isGone(error)) throw error;
    }
  }
}

/** How a start shows where it stands: as the change that it belongs to, or as the deployment. */
type Show = (life: Life, state: 'starting' | 'checking') => void;

const isGone = (error: unknown): boolean => !isCancellation(error) && failureRecord(error).details.isGone === true;

async function startOnce(life: Life, kept: KeptRevision, show: Show): Promise<Handle> {
  const { host, plan } = readyToStart(life, kept);
  const { id } = kept.revision;
  show(life, 'starting');
  const handle = await createRunner(life, kept);
  kept.shown.notes = [...new Set([...kept.shown.notes, ...(handle.notes ?? [])])];
  show(life, 'checking');
  try {
    const checked = await onHost(
      life,
      'checkHealth',
      ({ rungs }) => rungs.map(({ note }) => note).join(', '),
      () =>
        buildingOn(host).checkHealth.executeWithOptions({ summary: `check ${id} at its endpoint` }, [
          { ...plan, handle, publishes: life.active === null || life.active.revision === id },
        ]),
    );
    kept.shown.notes = renewStaleCalls(kept.shown.notes, kept.shown.contract, checked.contract);
    kept.shown.contract = checked.contract;
    kept.shown.rungs = [...kept.revision.rungs, ...checked.rungs];
  } catch (error) {
    if (!isCancellation(error))
      await undoingOn(host).stopRunner.executeWithOptions({ summary: `end ${id}, which did not pass` }, [
        { name: life.info.name, handle },
      ]);
    throw error;
  }
  return handle;
}

/** Notes of the documented calls that do not hold: those of the newest check take the place of earlier ones. */
function renewStaleCalls(notes: string[], before: ContractReport | null, now: ContractReport): string[] {
  const old = new Set(listStaleCalls(before));
  return [...new Set([...notes.filter((note) => !old.has(note)), ...listStaleCalls(now)])];
}

/** The revision is the one that callers reach, and the deployment is what it is. */
export function activate(life: Life, { revision, shown }: KeptRevision, handle: Handle): void {
  const { info } = life;
  life.active = { revision: revision.id, handle };
  life.retreat = null;
  Object.assign(info, shown);
  info.endpoint = handle.endpoint;
  info.revision = revision.id;
  info.revisions = info.revisions.map((entry) => ({ ...entry, state: stateOf(entry, revision.id) }));
  info.lastError = null;
  enter(life, 'running');
}

function stateOf({ id, state }: DeploymentInfo['revisions'][number], active: string): string {
  if (id === active) return 'active';
  return state === 'active' ? 'kept' : state;
}

/** A verified revision that fell over comes back as it was: no new check but that it is ready. */
export async function restartRevision(life: Life): Promise<void> {
  const { info } = life;
  const kept = activeRevision(life);
  const handle = await createRunner(life, kept);
  await publishRevision(life, kept, handle, 'callers reach it again');
  life.active = { revision: kept.revision.id, handle };
  life.retreat = null;
  info.endpoint = handle.endpoint;
  info.restarts += 1;
  info.lastError = null;
  enter(life, 'running');
}

/** Callers reach this revision from here on, all of them at once. */
export async function publishRevision(life: Life, kept: KeptRevision, handle: Handle, note: string): Promise<void> {
  const { host, plan } = readyToStart(life, kept);
  await onHost(
    life,
    'publishRevision',
    () => note,
    () =>
      buildingOn(host).publishRevision.executeWithOptions({ summary: `publish ${kept.revision.id}` }, [
        { ...plan, handle },
      ]),
  );
}

/** Ends the processes of the active revision, proven; keeps everything else. */
export async function stopRevision(life: Life): Promise<void> {
  const { info, active } = life;
  if (active === null) throw new Error('only what was started is stopped');
  const { host } = readyToStart(life, activeRevision(life));
  const { handle } = active;
  await onHost(
    life,
    'stopRunner',
    () => 'no process is left',
    () => quickOn(host).stopRunner.executeWithOptions({ summary: `stop ${info.name}` }, [{ name: info.name, handle }]),
  );
  info.endpoint = null;
  enter(life, 'stopped');
}

/** Ends a revision that callers have left, when the calls that it still answers are over, or have had their time. */
export async function retireRevision(life: Life, kept: KeptRevision, handle: Handle): Promise<void> {
  const { host } = readyToStart(life, kept);
  const { id } = kept.revision;
  const { drain } = kept.config;
  await onHost(
    life,
    'retireRevision',
    ({ unfinished }) => (unfinished === 0 ? 'its last call is over' : `${unfinished} calls were not waited for`),
    () =>
      buildingOn(host).retireRevision.executeWithOptions({ summary: `end ${id} after its last call` }, [
        { name: life.info.name, handle, drain },
      ]),
  );
}

/** Ends whatever runs of a revision, and keeps the rest. */
export async function endRevision(life: Life, revision: string): Promise<void> {
  const { host, info } = life;
  if (host === null) return;
  await onHost(
    life,
    'endRevision',
    () => `no process of ${revision} is left`,
    () => quickOn(host).endRevision.executeWithOptions({ summary: `end ${revision}` }, [{ name: info.name, revision }]),
  );
}

/** Undoes a revision: nothing of it is left, outside or on disk. */
export async function discardRevision(life: Life, revision: string): Promise<void> {
  const { host, info } = life;
  if (host === null) return;
  await onHost(
    life,
    'discardRevision',
    () => `nothing of ${revision} is left`,
    () =>
      quickOn(host).discardRevision.executeWithOptions({ summary: `discard ${revision}` }, [
        { name: info.name, revision },
      ]),
  );
  life.kept = life.kept.filter((one) => one.revision.id !== revision);
  info.revisions = info.revisions.filter(({ id }) => id !== revision);
}

export const findRevision = ({ kept }: Life, id: string): KeptRevision | undefined =>
  kept.find(({ revision }) => revision.id === id);

/** The newest one before the active that was not rolled back itself. */
export function previousRevision({ kept, active, info }: Life): KeptRevision | undefined {
  const bad = new Set(info.revisions.filter(({ state }) => state === 'rolled back').map(({ id }) => id));
  const earlier = kept.slice(
    0,
    kept.findIndex(({ revision }) => revision.id === active?.revision),
  );
  return earlier.findLast(({ revision }) => !bad.has(revision.id));
}

export function activeRevision(life: Life): KeptRevision {
  const kept = life.active === null ? undefined : findRevision(life, life.active.revision);
  if (kept === undefined) throw new Error('the active revision is one of the kept');
  return kept;
}

const createRunner = (life: Life, kept: KeptRevision): Promise<Handle> => {
  const { host, plan } = readyToStart(life, kept);
  return onHost(
    life,
    'createRunner',
    ({ endpoint }) => endpoint ?? 'started',
    () =>
      buildingOn(host).createRunner.executeWithOptions({ summary: `start ${kept.revision.id} of ${life.info.name}` }, [
        plan,
      ]),
  );
};

function readyToStart({ host }: Life, { config, setting, adaptation, revision }: KeptRevision) {
  if (host === null) throw new Error('a revision starts on the host where it was verified');
  return { plan: { config, setting, adaptation, revision }, host };
}
