import type { SelectionExchange } from '../../selection/index.js';
import { quickActivities } from '../activity-proxies.js';
import { addNotes, requireSelection } from '../revision/pending-revision.js';
import type { PendingRevision, WorkflowState } from '../state/state.js';
import { setChangeState, updateRevisionStatus } from '../status/publish-status.js';
import { runOnHost } from './run-on-host.js';

/** Copies the source into the deployment's workspace, unless it is already copied. */
export async function copyWorkspace(
  workflow: WorkflowState,
  pending: PendingRevision,
  exchanges: SelectionExchange[],
): Promise<void> {
  if (pending.isCopied) return;
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
  addNotes(pending, notes);
}
