import type { RequestedChange } from '../../contract/change.js';
import type { DeploymentInfo } from '../../contract/status.js';
import { BerthError } from '../../errors.js';
import { buildScheduleId } from '../../scheduling/schedule-id.js';
import type { ScheduledDeployments } from '../../scheduling/scheduled-deployments.js';
import { isClosed, redeployUpdate, statusQuery, workflowId } from '../../workflows/messages.js';
import { removeSchedule, removeSchedules } from './remove-schedules.js';
import type { RequestServer } from './request-server.js';

/** States of deployments that can no longer be redeployed. */
const cleanupStates: readonly DeploymentInfo['state'][] = ['cleaning', 'cleaned'];

/** Access to deployments for scheduled redeploys. */
export class RedeployGateway implements ScheduledDeployments {
  constructor(private readonly requestServer: RequestServer) {}

  /** Reads the info of a deployment; null for a closed workflow, whose last state the server would still return. */
  async findInfo(name: string): Promise<DeploymentInfo | null> {
    try {
      return await this.requestServer(name, async ({ workflow }) => {
        const handle = workflow.getHandle(workflowId(name));
        const { status } = await handle.describe();
        if (isClosed(status)) return null;
        const info = await handle.query(statusQuery);
        return cleanupStates.includes(info.state) ? null : info;
      });
    } catch (error) {
      if (error instanceof BerthError && error.code === 'NAME_UNKNOWN') return null;
      throw error;
    }
  }

  async redeploy(name: string, { by, id }: { by: string; id: string }): Promise<RequestedChange> {
    const redeployment = { changes: {}, isForced: false, avoidsRolledBack: true };
    return await this.requestServer(name, ({ workflow }) =>
      workflow.getHandle(workflowId(name)).executeUpdate(redeployUpdate, { args: [redeployment, by], updateId: id }),
    );
  }

  async removeSchedule(name: string, schedule: string): Promise<void> {
    await this.requestServer(name, (client) => removeSchedule(client, name, buildScheduleId(name, schedule)));
  }

  async removeSchedules(name: string): Promise<void> {
    await this.requestServer(name, (client) => removeSchedules(client, name));
  }
}
