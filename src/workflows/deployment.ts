import { CancellationScope } from '@temporalio/workflow';
import type { DeployConfig } from '../contract/deploy-config.js';
import type { DeploymentInfo } from '../contract/status.js';
import type { ChangeResult } from './changes/change-queue.js';
import type { ChangeTools } from './changes/current-change.js';
import { type CarriedState, continueAsNew, unpackState } from './continue-as-new.js';
import { createControllers } from './controllers.js';
import { registerHandlers } from './handlers.js';
import { operate, runUntilCleanup } from './operate.js';
import { planRevision, planRollback } from './revision/plan-revision.js';
import { repairUntilAccepted } from './revision/repair-round.js';
import { createWorkflowState } from './state/create-state.js';
import { describeDeployment } from './state/describe-deployment.js';
import type { CurrentChange, WorkflowState } from './state/state.js';
import { toApplicationFailure } from './state/to-application-failure.js';
import { publishStatus } from './status/publish-status.js';
import { adaptWorkspace } from './steps/adapt-workspace.js';
import { copyWorkspace } from './steps/copy-workspace.js';
import { describeUnchanged, findUnchangedRevision } from './steps/find-unchanged-revision.js';
import { selectStrategy } from './steps/select-strategy.js';
import { startAndCheck } from './steps/start-and-check.js';
import { verifyRevision } from './steps/verify-revision.js';

/**
 * The life of a deployment: bring up the first revision, supervise and change it until the user ends it, and clean up.
 * `carried` is the state of the run that this one continues.
 */
export async function deployment(config: DeployConfig, carried?: CarriedState): Promise<DeploymentInfo> {
  const workflow = carried === undefined ? createWorkflowState(config) : unpackState(carried);
  const controllers = createControllers(workflow, { deployRevision, rollBackRevision });
  registerHandlers(workflow, controllers);
  publishStatus(workflow);

  await runUntilCleanup(workflow, controllers, async ({ changes, supervision }) => {
    const isAbandoned = workflow.active === null && !(await changes.deployFirst());
    if (isAbandoned) return;
    if (workflow.active !== null) await operate(workflow, { changes, supervision });
    await continueAsNew(workflow);
  });
  await CancellationScope.nonCancellable(() => controllers.cleanup.run());

  if (workflow.failure !== null) throw toApplicationFailure(workflow.failure);
  return describeDeployment(workflow);
}

/** Deploys or redeploys. A resumed change skips the steps that it has finished. */
async function deployRevision(
  workflow: WorkflowState,
  change: CurrentChange,
  { cutover, pruner }: ChangeTools,
): Promise<ChangeResult> {
  const unchanged = await findUnchangedRevision(workflow, change);
  if (unchanged !== null) return { outcome: 'unchanged', summary: describeUnchanged(unchanged) };
  const pending = planRevision(workflow, change);

  const exchanges = await selectStrategy(workflow, pending);
  await copyWorkspace(workflow, pending, exchanges);
  const { revision, handle } = await repairUntilAccepted(workflow, pending, async () => {
    await adaptWorkspace(workflow, pending);
    const revision = await verifyRevision(workflow, pending);
    const handle = await startAndCheck(workflow, revision);
    return { revision, handle };
  });
  await cutover.publish(revision, handle, { isRollback: false });
  await cutover.retireReplaced();
  await pruner.prune();

  return { outcome: 'live', summary: `${pending.revision} is live` };
}

/** Rolls back to a kept revision, which is started and checked before callers reach it. */
async function rollBackRevision(
  workflow: WorkflowState,
  change: CurrentChange,
  { cutover }: ChangeTools,
): Promise<ChangeResult> {
  const revision = planRollback(workflow, change);
  if (revision === null)
    return { outcome: 'failed', summary: `there is no ${change.target ?? 'earlier revision'} to roll back to` };

  const handle = await startAndCheck(workflow, revision);
  await cutover.publish(revision, handle, { isRollback: true });
  await cutover.retireReplaced();

  return { outcome: 'live', summary: `${revision.revision.id} is live again` };
}
