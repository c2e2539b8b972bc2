import type { Client } from '@temporalio/client';
import { BerthError } from '../errors.js';
import type { DeploymentServer, Standing } from '../reconciliation/index.js';
import { statusQuery, workflowId } from '../workflows/messages.js';
import { searchAttributes } from '../workflows/search-attributes.js';
import { translateFailure } from './translate-failure.js';

/** Asks the server; NAME_UNKNOWN for a deployment that it does not know, else the error of not having got an answer. */
type Ask = <T>(name: string, question: (client: Client) => Promise<T>) => Promise<T>;

/** States in which a workflow does nothing any more; one that is continued as new is open in its newest run. */
const closed: readonly string[] = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'];

/** The Temporal server of the deployments, told apart from others by its namespace's id. */
export class TemporalDeployments implements DeploymentServer {
  constructor(
    readonly id: string,
    private readonly ask: Ask,
  ) {}

  /** Over a connection that is there: without another try. */
  static over(client: Client, id: string): TemporalDeployments {
    return new TemporalDeployments(id, async (name, question) => {
      try {
        return await question(client);
      } catch (error) {
        throw translateFailure(error, name);
      }
    });
  }

  async lookUp(name: string): Promise<Standing | null> {
    try {
      const found = await this.ask(name, ({ workflow }) => workflow.getHandle(workflowId(name)).describe());
      const host = found.typedSearchAttributes.get(searchAttributes.host) ?? null;
      return { isOpen: !closed.includes(found.status.name), host };
    } catch (error) {
      if (error instanceof BerthError && error.code === 'NAME_UNKNOWN') return null;
      throw error;
    }
  }

  async listRevisions(name: string): Promise<string[]> {
    const info = await this.ask(name, ({ workflow }) => workflow.getHandle(workflowId(name)).query(statusQuery));
    const inTheMaking = info.change?.revision ?? null;
    return [...info.revisions.map(({ id }) => id), ...(inTheMaking === null ? [] : [inTheMaking])];
  }
}
