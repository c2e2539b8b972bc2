import type { Redeployment, RequestedChange } from '../contract/change.js';
import type { Resumption } from '../contract/round.js';
import type { DeploymentInfo } from '../contract/status.js';
import type { Controllers } from './controllers.js';
import { describeDeployment } from './state/describe-deployment.js';
import type { WorkflowState } from './state/state.js';
import { recordEvent } from './status/step-record.js';

/** Sender of a message that names none, as the Web UI does. */
const defaultSender = 'the Web UI';

/** The action of each message that a deployment accepts. `by` is the sender. */
export class MessageActions {
  constructor(
    private readonly workflow: WorkflowState,
    private readonly controllers: Controllers,
  ) {}

  cleanUp(by?: string): void {
    const { changes, cleanup, main } = this.controllers;
    this.record('cleanup', by);
    changes.skipDraining();
    cleanup.requestRetry();
    main.cancel();
  }

  async stop(by?: string): Promise<DeploymentInfo> {
    const { changes, supervision } = this.controllers;
    this.record('stop', by);
    await changes.cancel();
    return await supervision.stop();
  }

  async start(by?: string): Promise<DeploymentInfo> {
    this.record('start', by);
    return await this.controllers.supervision.start();
  }

  resume(resumption: Resumption, by?: string): DeploymentInfo {
    this.record('resume', by);
    this.workflow.resumption = resumption;
    return describeDeployment(this.workflow);
  }

  async abandon(by?: string): Promise<DeploymentInfo> {
    this.record('abandon', by);
    await this.controllers.changes.abandon();
    return describeDeployment(this.workflow);
  }

  redeploy(redeployment: Redeployment, by = defaultSender): RequestedChange {
    const { changes } = this.controllers;
    return changes.request({ kind: 'redeploy', by, reason: null, redeployment, target: null });
  }

  rollBack(target: string | null, by = defaultSender): RequestedChange {
    const { changes } = this.controllers;
    return changes.request({ kind: 'rollback', by, reason: null, redeployment: null, target });
  }

  private record(message: string, by = defaultSender): void {
    recordEvent(this.workflow, message, `requested by ${by}`);
  }
}
