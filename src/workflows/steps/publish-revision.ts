import type { Handle } from '../../contract/handle.js';
import { buildActivities } from '../activity-proxies.js';
import type { KeptRevision, WorkflowState } from '../state/state.js';
import { requireStartable } from './create-runner.js';
import { runOnHost } from './run-on-host.js';

/** Switches all callers to the revision atomically. */
export async function publishRevision(workflow: WorkflowState, kept: KeptRevision, handle: Handle): Promise<void> {
  const { host, plan } = requireStartable(workflow, kept);
  const { id } = kept.revision;
  await runOnHost(
    workflow,
    'publishRevision',
    () => `callers reach ${id}`,
    () => buildActivities(host).publishRevision.executeWithOptions({ summary: `publish ${id}` }, [{ ...plan, handle }]),
  );
}
