import { listStaleCalls } from '../../adaptation/summarize-contract.js';
import { buildActivities } from '../activity-proxies.js';
import { addNotes, requireSelection } from '../revision/pending-revision.js';
import type { KeptRevision, PendingRevision, WorkflowState } from '../state/state.js';
import { setChangeState, updateRevisionStatus } from '../status/publish-status.js';
import { runOnHost } from './run-on-host.js';

/** Freezes the adapted workspace as a revision and verifies it without starting it. */
export async function verifyRevision(workflow: WorkflowState, pending: PendingRevision): Promise<KeptRevision> {
  const { config, adaptation, revision, isFresh } = pending;
  const { host, setting } = requireSelection(workflow, pending);
  if (adaptation === null) throw new Error('a revision is adapted before it is verified');
  setChangeState(workflow, 'verifying');
  const verified = await runOnHost(
    workflow,
    'verifyRevision',
    ({ checks }) => `${checks.length} checks passed`,
    () =>
      buildActivities(host).verifyRevision.executeWithOptions({ summary: `verify ${revision} of ${config.name}` }, [
        { config, setting, adaptation, revision, isFresh },
      ]),
  );
  const { directory, contract, checks, notes } = verified;
  updateRevisionStatus(workflow, { adaptedPath: directory, contract, checks });
  addNotes(pending, [...notes, ...listStaleCalls(contract)]);
  const createdAt = new Date().toISOString();
  const { status } = pending;
  pending.verified = { config, setting, adaptation, revision: verified, createdAt, isRolledBack: false, status };
  return pending.verified;
}
