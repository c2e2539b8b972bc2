import { activate, getActiveRevision } from '../revision/kept-revisions.js';
import type { WorkflowState } from '../state/state.js';
import { publishStatus } from '../status/publish-status.js';
import { createRunner } from './create-runner.js';
import { publishRevision } from './publish-revision.js';

/**
 * Starts the active revision again after its software went down. It was verified before, so it only has to become
 * ready.
 */
export async function restartRevision(workflow: WorkflowState): Promise<void> {
  const kept = getActiveRevision(workflow);
  const handle = await createRunner(workflow, kept);
  await publishRevision(workflow, kept, handle);
  activate(workflow, kept, handle);
  workflow.restarts += 1;
  publishStatus(workflow);
}
