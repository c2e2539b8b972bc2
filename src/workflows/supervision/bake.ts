import type { DeploymentInfo } from '../../contract/status.js';
import type { WorkflowState } from '../state/state.js';
import { publishDetails } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';

// The time in which a new revision has to prove itself.

export const createBake = (previous: string, revision: string, seconds: number): DeploymentInfo['bake'] =>
  seconds === 0 ? null : { revision, previous, until: new Date(Date.now() + seconds * 1000).toISOString() };

export function endBake(workflow: WorkflowState, words: string): void {
  const { info } = workflow;
  if (info.bake !== null) recordEvent(workflow, 'bake', `${info.bake.revision}: ${words}`);
  info.bake = null;
  publishDetails(workflow);
}
