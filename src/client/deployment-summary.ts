import type { WorkflowExecutionInfo } from '@temporalio/client';
import { LastChange } from '../contract/change.js';
import type { DeploymentInfo, DeploymentState } from '../contract/status.js';
import { searchAttributes } from '../workflows/status/search-attributes.js';

/** A deployment in a list: what the server's index knows, without asking each workflow. */
export type DeploymentSummary = Pick<DeploymentInfo, 'name' | 'state' | 'strategy' | 'revision' | 'host' | 'webUrl'> & {
  /** ISO 8601. */
  createdAt: string;
  /** State of the change that is being made while an earlier revision serves; null when there is none. */
  change: DeploymentState | null;
  /** The newest change that is over; null before the first one is. */
  lastChange: LastChange | null;
};

/** Without its page in the Web UI; undefined for a workflow that is no deployment of ours. */
export function summarizeDeployment(execution: WorkflowExecutionInfo): Omit<DeploymentSummary, 'webUrl'> | undefined {
  const { typedSearchAttributes: attributes, startTime, memo } = execution;
  const name = attributes.get(searchAttributes.name);
  if (name === undefined) return undefined;
  return {
    name,
    // The worker writes nothing else into these two attributes.
    state: (attributes.get(searchAttributes.state) ?? 'selecting') as DeploymentState,
    change: (attributes.get(searchAttributes.change) ?? null) as DeploymentState | null,
    lastChange: LastChange.safeParse(memo?.lastChange).data ?? null,
    strategy: attributes.get(searchAttributes.strategy) ?? null,
    revision: attributes.get(searchAttributes.revision) ?? null,
    host: attributes.get(searchAttributes.host) ?? null,
    createdAt: typeof memo?.createdAt === 'string' ? memo.createdAt : startTime.toISOString(),
  };
}
