import type { Handle } from '../../contract/handle.js';
import { buildActivities, quickActivities } from '../activity-proxies.js';
import type { KeptRevision, WorkflowState } from '../state/state.js';
import { setDeploymentState } from '../status/publish-status.js';
import { requireStartable } from './create-runner.js';
import { runOnHost } from './run-on-host.js';

// Four ways to end a revision: stop the active one, retire a replaced one, terminate or discard one without callers.

/** Stops the software of the active revision and keeps everything else. */
export async function stopRevision(workflow: WorkflowState): Promise<void> {
  const { active, host, config } = workflow;
  if (active === null || host === null) throw new Error('only an active revision is stopped');
  await runOnHost(
    workflow,
    'stopRunner',
    () => 'no process is left',
    () =>
      quickActivities(host).stopRunner.executeWithOptions({ summary: `stop ${config.name}` }, [
        { name: config.name, handle: active.handle },
      ]),
  );
  active.isStopped = true;
  setDeploymentState(workflow, 'stopped');
}

/** Stops a replaced revision when its last call has ended, or after the drain timeout of its configuration. */
export async function retireRevision(workflow: WorkflowState, kept: KeptRevision, handle: Handle): Promise<void> {
  const { host } = requireStartable(workflow, kept);
  const { id } = kept.revision;
  const { name, drain } = kept.config;
  await runOnHost(
    workflow,
    'retireRevision',
    ({ unfinished }) => (unfinished === 0 ? 'its last call has ended' : `${unfinished} calls were interrupted`),
    () =>
      buildActivities(host).retireRevision.executeWithOptions({ summary: `stop ${id} after its last call` }, [
        { name, handle, drain },
      ]),
  );
}

/** Ends everything that runs of a revision and keeps its files. */
export async function terminateRevision(workflow: WorkflowState, revision: string): Promise<void> {
  const { host, config } = workflow;
  if (host === null) return;
  await runOnHost(
    workflow,
    'terminateRevision',
    () => `no process of ${revision} is left`,
    () =>
      quickActivities(host).terminateRevision.executeWithOptions({ summary: `terminate ${revision}` }, [
        { name: config.name, revision },
      ]),
  );
}

/** Undoes a revision: ends its processes, and removes its resources and files. */
export async function discardRevision(workflow: WorkflowState, revision: string): Promise<void> {
  const { host, config } = workflow;
  if (host === null) return;
  await runOnHost(
    workflow,
    'discardRevision',
    () => `nothing of ${revision} is left`,
    () =>
      quickActivities(host).discardRevision.executeWithOptions({ summary: `discard ${revision}` }, [
        { name: config.name, revision },
      ]),
  );
  workflow.keptRevisions = workflow.keptRevisions.filter((one) => one.revision.id !== revision);
}
