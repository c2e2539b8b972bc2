import { BerthError } from '../errors.js';
import type { DeploymentServer, WorkflowStatus } from '../reconciliation/index.js';
import { isClosed, statusQuery, workflowId } from '../workflows/messages.js';
import { searchAttributes } from '../workflows/status/search-attributes.js';
import type { RequestServer } from './schedules/index.js';

/** Looks up deployments on a Temporal server, which its namespace's ID identifies. */
export class WorkflowLookup implements DeploymentServer {
  constructor(
    readonly id: string,
    private readonly requestServer: RequestServer,
  ) {}

  async lookUp(name: string): Promise<WorkflowStatus | null> {
    try {
      const description = await this.requestServer(name, ({ workflow }) =>
        workflow.getHandle(workflowId(name)).describe(),
      );
      const host = description.typedSearchAttributes.get(searchAttributes.host) ?? null;
      return { isOpen: !isClosed(description.status), host };
    } catch (error) {
      if (error instanceof BerthError && error.code === 'NAME_UNKNOWN') return null;
      throw error;
    }
  }

  async listRevisions(name: string): Promise<string[]> {
    const info = await this.requestServer(name, ({ workflow }) =>
      workflow.getHandle(workflowId(name)).query(statusQuery),
    );
    const pendingRevision = info.change?.revision ?? null;
    return [...info.revisions.map(({ id }) => id), ...(pendingRevision === null ? [] : [pendingRevision])];
  }
}
