import { isCancellation } from '@temporalio/workflow';
import { listStaleCalls } from '../../adaptation/summarize-contract.js';
import type { Handle } from '../../contract/handle.js';
import type { ContractReport } from '../../contract/revision.js';
import { buildActivities, undoActivities } from '../activity-proxies.js';
import type { KeptRevision, WorkflowState } from '../state/state.js';
import { toErrorRecord } from '../state/to-application-failure.js';
import { setChangeState } from '../status/publish-status.js';
import { createRunner, requireStartable } from './create-runner.js';
import { runOnHost } from './run-on-host.js';

/** Starts of software that ends between its start and its check. */
const maxStarts = 3;

/** Shows the state of a start: of the current change, or of the deployment. */
type SetState = (workflow: WorkflowState, state: 'starting' | 'checking') => void;

/**
 * Starts a revision and checks it at its endpoint: readiness first, then the contract. A revision that fails the check is
 * stopped; one that was killed in between, with everything else on the host, is started again. If no other revision
 * serves, callers reach this one as soon as it has passed.
 */
export async function startAndCheck(
  workflow: WorkflowState,
  kept: KeptRevision,
  setState: SetState = setChangeState,
): Promise<Handle> {
  for (let starts = 1; ; starts += 1) {
    try {
      setState(workflow, 'starting');
      const handle = await createRunner(workflow, kept);
      addNotes(kept, handle.notes ?? []);
      setState(workflow, 'checking');
      await check(workflow, kept, handle);
      return handle;
    } catch (error) {
      if (starts === maxStarts || !isGone(error)) throw error;
    }
  }
}

const isGone = (error: unknown): boolean => !isCancellation(error) && toErrorRecord(error).details.isGone === true;

async function check(workflow: WorkflowState, kept: KeptRevision, handle: Handle): Promise<void> {
  const { host, plan } = requireStartable(workflow, kept);
  const { id } = kept.revision;
  const publishes = workflow.active === null || workflow.active.revision === id;
  try {
    const { contract, checks } = await runOnHost(
      workflow,
      'checkHealth',
      (result) => result.checks.map(({ note }) => note).join(', '),
      () =>
        buildActivities(host).checkHealth.executeWithOptions({ summary: `check ${id} at its endpoint` }, [
          { ...plan, handle, publishes },
        ]),
    );
    recordCheck(kept, contract);
    kept.status.checks = [...kept.revision.checks, ...checks];
  } catch (error) {
    if (!isCancellation(error))
      await undoActivities(host).stopRunner.executeWithOptions({ summary: `stop ${id}, which failed its check` }, [
        { name: workflow.config.name, handle },
      ]);
    throw error;
  }
}

/** Replaces the contract report, and its notes about documented calls that do not hold. */
function recordCheck({ status }: KeptRevision, contract: ContractReport): void {
  const outdated = new Set(listStaleCalls(status.contract));
  status.notes = [...new Set([...status.notes.filter((note) => !outdated.has(note)), ...listStaleCalls(contract)])];
  status.contract = contract;
}

function addNotes({ status }: KeptRevision, notes: readonly string[]): void {
  status.notes = [...new Set([...status.notes, ...notes])];
}
