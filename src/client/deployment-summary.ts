import type { WorkflowExecutionInfo } from '@temporalio/client';
import { LastChange } from '../contract/change.js';
import type { DeploymentInfo, DeploymentState } from '../contract/status.js';
import { searchAttributes } from '../workflows/status/search-attributes.js';

/** A deployment in a list, read from the server's index without a query to each workflow. */
export type DeploymentSummary = Pick<DeploymentInfo, 'name' | 'state' | 'strategy' | 'revision' | 'host' | 'webUrl'> & {
  /** ISO 8601. */
  createdAt: string;
  /** State of the running change; null without one. */
  change: DeploymentState | null;
  /** The newest finished change; null before the first one. */
  lastChange: LastChange | null;
};

/** Summarizes a deployment; undefined for another workflow. */
export function summarizeDeployment(execution: WorkflowExecutionInfo): Omit<DeploymentSummary, 'webUrl'> | undefined {
  const { typedSearchAttributes: attributes, startTime, memo } = execution;
  const name = attributes.get(searchAttributes.name);
  if (name === undefined) return undefined;
  return {
    name,
    // The worker writes only states into these two attributes.
    state: (attributes.get(searchAttributes.state) ?? 'selecting') as DeploymentState,
    change: (attributes.get(searchAttributes.change) ?? null) as DeploymentState | null,
    lastChange: LastChange.safeParse(memo?.lastChange).data ?? null,
    strategy: attributes.get(searchAttributes.strategy) ?? null,
    revision: attributes.get(searchAttributes.revision) ?? null,
    host: attributes.get(searchAttributes.host) ?? null,
    createdAt: typeof memo?.createdAt === 'string' ? memo.createdAt : startTime.toISOString(),
  };
}
