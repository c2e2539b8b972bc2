import { CancellationScope } from '@temporalio/workflow';
import { ChangeExecutor } from './changes/change-executor.js';
import type { ChangeSteps } from './changes/current-change.js';
import { Cleanup } from './cleanup.js';
import type { WorkflowState } from './state/state.js';
import { Supervision } from './supervision/supervision.js';

/** The parts of a deployment that act on its state. */
export interface Controllers {
  supervision: Supervision;
  changes: ChangeExecutor;
  cleanup: Cleanup;
  /** Scope of everything that a cleanup cancels. */
  main: CancellationScope;
}

export function createControllers(workflow: WorkflowState, steps: ChangeSteps): Controllers {
  const supervision = new Supervision(workflow, () => changes.yieldToRollback());
  const changes = new ChangeExecutor(workflow, supervision, steps);
  return { supervision, changes, cleanup: new Cleanup(workflow), main: new CancellationScope() };
}
