import { isCancellation } from '@temporalio/workflow';
import { listStaleCalls } from '../../adaptation/summarize-contract.js';
import type { Handle } from '../../contract/handle.js';
import type { ContractReport } from '../../contract/revision.js';
import type { DeploymentInfo } from '../../contract/status.js';
import { buildActivities, quickActivities, undoActivities } from '../activity-proxies.js';
import type { KeptRevision, WorkflowState } from '../state/state.js';
import { toErrorRecord } from '../state/to-application-failure.js';
import { setChangeState, setDeploymentState } from '../status/publish-status.js';
import { runOnHost } from './run-on-host.js';

/** How often what has ended between its start and its check is started. */
const maxStarts = 3;

/**
 * starting → checking, with the contract at the real endpoint. What fails the check does not stay up. While an earlier
 * revision serves, callers go on reaching that one; else they reach this one as soon as it has passed. What is not
 * there any more to be checked, because it was killed with everything else, is started again.
 */
export async function startRevision(
  workflow: WorkflowState,
  kept: KeptRevision,
  show: SetState = setChangeState,
): Promise<Handle> {
  for (let starts = 1; ; starts += 1) {
    try {
      return await attemptStart(workflow, kept, show);
    } catch (error) {
      if (starts === maxStarts || !isGone(error)) throw error;
    }
  }
}

/** How a start shows where it stands: as the change that it belongs to, or as the deployment. */
type SetState = (workflow: WorkflowState, state: 'starting' | 'checking') => void;

const isGone = (error: unknown): boolean => !isCancellation(error) && toErrorRecord(error).details.isGone === true;

async function attemptStart(workflow: WorkflowState, kept: KeptRevision, show: SetState): Promise<Handle> {
  const { host, plan } = requireStartable(workflow, kept);
  const { id } = kept.revision;
  show(workflow, 'starting');
  const handle = await createRunner(workflow, kept);
  kept.status.notes = [...new Set([...kept.status.notes, ...(handle.notes ?? [])])];
  show(workflow, 'checking');
  try {
    const checked = await runOnHost(
      workflow,
      'checkHealth',
      ({ checks }) => checks.map(({ note }) => note).join(', '),
      () =>
        buildActivities(host).checkHealth.executeWithOptions({ summary: `check ${id} at its endpoint` }, [
          { ...plan, handle, publishes: workflow.active === null || workflow.active.revision === id },
        ]),
    );
    kept.status.notes = replaceStaleCalls(kept.status.notes, kept.status.contract, checked.contract);
    kept.status.contract = checked.contract;
    kept.status.checks = [...kept.revision.checks, ...checked.checks];
  } catch (error) {
    if (!isCancellation(error))
      await undoActivities(host).stopRunner.executeWithOptions({ summary: `end ${id}, which did not pass` }, [
        { name: workflow.info.name, handle },
      ]);
    throw error;
  }
  return handle;
}

/** Notes of the documented calls that do not hold: those of the newest check take the place of earlier ones. */
function replaceStaleCalls(notes: string[], before: ContractReport | null, now: ContractReport): string[] {
  const old = new Set(listStaleCalls(before));
  return [...new Set([...notes.filter((note) => !old.has(note)), ...listStaleCalls(now)])];
}

/** The revision is the one that callers reach, and the deployment is what it is. */
export function activate(workflow: WorkflowState, { revision, status }: KeptRevision, handle: Handle): void {
  const { info } = workflow;
  workflow.active = { revision: revision.id, handle };
  workflow.pendingRollback = null;
  Object.assign(info, status);
  info.endpoint = handle.endpoint;
  info.revision = revision.id;
  info.revisions = info.revisions.map((entry) => ({ ...entry, state: getRevisionState(entry, revision.id) }));
  info.lastError = null;
  setDeploymentState(workflow, 'running');
}

function getRevisionState({ id, state }: DeploymentInfo['revisions'][number], active: string): string {
  if (id === active) return 'active';
  return state === 'active' ? 'kept' : state;
}

/** A verified revision that fell over comes back as it was: no new check but that it is ready. */
export async function restartRevision(workflow: WorkflowState): Promise<void> {
  const { info } = workflow;
  const kept = getActiveRevision(workflow);
  const handle = await createRunner(workflow, kept);
  await publishRevision(workflow, kept, handle, 'callers reach it again');
  workflow.active = { revision: kept.revision.id, handle };
  workflow.pendingRollback = null;
  info.endpoint = handle.endpoint;
  info.restarts += 1;
  info.lastError = null;
  setDeploymentState(workflow, 'running');
}

/** Callers reach this revision from here on, all of them at once. */
export async function publishRevision(
  workflow: WorkflowState,
  kept: KeptRevision,
  handle: Handle,
  note: string,
): Promise<void> {
  const { host, plan } = requireStartable(workflow, kept);
  await runOnHost(
    workflow,
    'publishRevision',
    () => note,
    () =>
      buildActivities(host).publishRevision.executeWithOptions({ summary: `publish ${kept.revision.id}` }, [
        { ...plan, handle },
      ]),
  );
}

/** Ends the processes of the active revision, proven; keeps everything else. */
export async function stopRevision(workflow: WorkflowState): Promise<void> {
  const { info, active } = workflow;
  if (active === null) throw new Error('only what was started is stopped');
  const { host } = requireStartable(workflow, getActiveRevision(workflow));
  const { handle } = active;
  await runOnHost(
    workflow,
    'stopRunner',
    () => 'no process is left',
    () =>
      quickActivities(host).stopRunner.executeWithOptions({ summary: `stop ${info.name}` }, [
        { name: info.name, handle },
      ]),
  );
  info.endpoint = null;
  setDeploymentState(workflow, 'stopped');
}

/** Ends a revision that callers have left, when the calls that it still answers are over, or have had their time. */
export async function retireRevision(workflow: WorkflowState, kept: KeptRevision, handle: Handle): Promise<void> {
  const { host } = requireStartable(workflow, kept);
  const { id } = kept.revision;
  const { drain } = kept.config;
  await runOnHost(
    workflow,
    'retireRevision',
    ({ unfinished }) => (unfinished === 0 ? 'its last call is over' : `${unfinished} calls were not waited for`),
    () =>
      buildActivities(host).retireRevision.executeWithOptions({ summary: `end ${id} after its last call` }, [
        { name: workflow.info.name, handle, drain },
      ]),
  );
}

/** Ends whatever runs of a revision, and keeps the rest. */
export async function terminateRevision(workflow: WorkflowState, revision: string): Promise<void> {
  const { host, info } = workflow;
  if (host === null) return;
  await runOnHost(
    workflow,
    'endRevision',
    () => `no process of ${revision} is left`,
    () =>
      quickActivities(host).endRevision.executeWithOptions({ summary: `end ${revision}` }, [
        { name: info.name, revision },
      ]),
  );
}

/** Undoes a revision: nothing of it is left, outside or on disk. */
export async function discardRevision(workflow: WorkflowState, revision: string): Promise<void> {
  const { host, info } = workflow;
  if (host === null) return;
  await runOnHost(
    workflow,
    'discardRevision',
    () => `nothing of ${revision} is left`,
    () =>
      quickActivities(host).discardRevision.executeWithOptions({ summary: `discard ${revision}` }, [
        { name: info.name, revision },
      ]),
  );
  workflow.keptRevisions = workflow.keptRevisions.filter((one) => one.revision.id !== revision);
  info.revisions = info.revisions.filter(({ id }) => id !== revision);
}

export const findRevision = ({ keptRevisions }: WorkflowState, id: string): KeptRevision | undefined =>
  keptRevisions.find(({ revision }) => revision.id === id);

/** The newest one before the active that was not rolled back itself. */
export function findPreviousRevision({ keptRevisions, active, info }: WorkflowState): KeptRevision | undefined {
  const bad = new Set(info.revisions.filter(({ state }) => state === 'rolled back').map(({ id }) => id));
  const earlier = keptRevisions.slice(
    0,
    keptRevisions.findIndex(({ revision }) => revision.id === active?.revision),
  );
  return earlier.findLast(({ revision }) => !bad.has(revision.id));
}

export function getActiveRevision(workflow: WorkflowState): KeptRevision {
  const kept = workflow.active === null ? undefined : findRevision(workflow, workflow.active.revision);
  if (kept === undefined) throw new Error('the active revision is one of the kept');
  return kept;
}

const createRunner = (workflow: WorkflowState, kept: KeptRevision): Promise<Handle> => {
  const { host, plan } = requireStartable(workflow, kept);
  return runOnHost(
    workflow,
    'createRunner',
    ({ endpoint }) => endpoint ?? 'started',
    () =>
      buildActivities(host).createRunner.executeWithOptions(
        { summary: `start ${kept.revision.id} of ${workflow.info.name}` },
        [plan],
      ),
  );
};

function requireStartable({ host }: WorkflowState, { config, setting, adaptation, revision }: KeptRevision) {
  if (host === null) throw new Error('a revision starts on the host where it was verified');
  return { plan: { config, setting, adaptation, revision }, host };
}
