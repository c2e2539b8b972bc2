import type { DeploymentInfo } from '../../contract/status.js';
import type { KeptRevision, WorkflowState } from '../state/state.js';
import { publishStatus } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';

// The bake: the first seconds of a new revision, in which a failure rolls it back.

export const createBake = (previous: string, { revision, config }: KeptRevision): DeploymentInfo['bake'] =>
  config.bake === 0
    ? null
    : { revision: revision.id, previous, until: new Date(Date.now() + config.bake * 1000).toISOString() };

export function endBake(workflow: WorkflowState, reason: string): void {
  if (workflow.bake !== null) recordEvent(workflow, 'bake', `${workflow.bake.revision}: ${reason}`);
  workflow.bake = null;
  publishStatus(workflow);
}
