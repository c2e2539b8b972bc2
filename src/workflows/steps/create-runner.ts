import type { Handle } from '../../contract/handle.js';
import { buildActivities } from '../activity-proxies.js';
import type { KeptRevision, WorkflowState } from '../state/state.js';
import { runOnHost } from './run-on-host.js';

/** Starts the software of a revision. */
export async function createRunner(workflow: WorkflowState, kept: KeptRevision): Promise<Handle> {
  const { host, plan } = requireStartable(workflow, kept);
  const summary = `start ${kept.revision.id} of ${workflow.config.name}`;
  return await runOnHost(
    workflow,
    'createRunner',
    ({ endpoint }) => endpoint ?? 'started',
    () => buildActivities(host).createRunner.executeWithOptions({ summary }, [plan]),
  );
}

/** Returns the input of every step that handles a verified revision, and the host of these steps. */
export function requireStartable({ host }: WorkflowState, { config, setting, adaptation, revision }: KeptRevision) {
  if (host === null) throw new Error('a revision starts on the host that verified it');
  return { plan: { config, setting, adaptation, revision }, host };
}
