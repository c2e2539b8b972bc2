import type { RequestedChange } from '../contract/change.js';
import type { DeploymentInfo } from '../contract/status.js';
import { BerthError } from '../errors.js';
import { isClosed, redeployUpdate, statusQuery, workflowId } from '../workflows/messages.js';
import type { Ask } from './ask.js';
import { removeSchedule, removeSchedules } from './remove-schedules.js';
import { scheduleId } from './schedule-id.js';
import type { ScheduledDeployments } from './scheduled-deployments.js';

/** States in which there is nothing to redeploy any more. */
const ending: readonly DeploymentInfo['state'][] = ['cleaning', 'cleaned'];

/** The deployments of a Temporal server. */
export class ServerDeployments implements ScheduledDeployments {
  constructor(private readonly ask: Ask) {}

  /** Of a workflow that was terminated the server would still tell its last state. */
  async look(name: string): Promise<DeploymentInfo | null> {
    try {
      return await this.ask(name, async ({ workflow }) => {
        const handle = workflow.getHandle(workflowId(name));
        const { status } = await handle.describe();
        if (isClosed(status)) return null;
        const info = await handle.query(statusQuery);
        return ending.includes(info.state) ? null : info;
      });
    } catch (error) {
      if (error instanceof BerthError && error.code === 'NAME_UNKNOWN') return null;
      throw error;
    }
  }

  async redeploy(name: string, { by, id }: { by: string; id: string }): Promise<RequestedChange> {
    const redeployment = { changes: {}, isForced: false, avoidsRolledBack: true };
    return await this.ask(name, ({ workflow }) =>
      workflow.getHandle(workflowId(name)).executeUpdate(redeployUpdate, { args: [redeployment, by], updateId: id }),
    );
  }

  async removeSchedule(name: string, schedule: string): Promise<void> {
    await this.ask(name, (client) => removeSchedule(client, name, scheduleId(name, schedule)));
  }

  async removeSchedules(name: string): Promise<void> {
    await this.ask(name, (client) => removeSchedules(client, name));
  }
}
