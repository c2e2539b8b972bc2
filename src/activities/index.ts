import { adaptWorkspace } from './adapt-workspace.js';
import { awaitHost } from './await-host.js';
import { callSoftware } from './call-software.js';
import { checkHealth } from './check-health.js';
import { copyWorkspace } from './copy-workspace.js';
import { createRunner } from './create-runner.js';
import { digestSource } from './digest-source.js';
import { discardRevision } from './discard-revision.js';
import { findHost } from './find-host.js';
import { followRedeploy } from './follow-redeploy.js';
import { publishRevision } from './publish-revision.js';
import { reconcile } from './reconcile.js';
import { requestRedeploy } from './request-redeploy.js';
import { retireRevision } from './retire-revision.js';
import { selectStrategy } from './select-strategy.js';
import { stopRunner } from './stop-runner.js';
import { supervise } from './supervise.js';
import type { Dependencies } from './support/dependencies.js';
import { terminateRevision } from './terminate-revision.js';
import { undoDeployment } from './undo-deployment.js';
import { verifyRevision } from './verify-revision.js';

/** Creates the activities, one per step of a deployment. Each is safe to run twice. */
export const createActivities = (dependencies: Dependencies) => ({
  selectStrategy: selectStrategy(dependencies),
  copyWorkspace: copyWorkspace(dependencies),
  adaptWorkspace: adaptWorkspace(dependencies),
  verifyRevision: verifyRevision(dependencies),
  createRunner: createRunner(dependencies),
  checkHealth: checkHealth(dependencies),
  publishRevision: publishRevision(dependencies),
  supervise: supervise(dependencies),
  digestSource: digestSource(dependencies),
  retireRevision: retireRevision(dependencies),
  terminateRevision: terminateRevision(dependencies),
  discardRevision: discardRevision(dependencies),
  stopRunner: stopRunner(dependencies),
  undoDeployment: undoDeployment(dependencies),
  reconcile: reconcile(dependencies),
  requestRedeploy: requestRedeploy(dependencies),
  followRedeploy: followRedeploy(dependencies),
  awaitHost: awaitHost(),
  findHost: findHost(dependencies),
  callSoftware: callSoftware(dependencies),
});

export type Activities = ReturnType<typeof createActivities>;
export type { Dependencies } from './support/dependencies.js';
