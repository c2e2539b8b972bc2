import { randomUUID } from 'node:crypto';
import type { DeployConfig } from '../contract/deploy-config.js';
import { sharedQueue, workflowId } from '../workflows/messages.js';
import { searchAttributes } from '../workflows/status/search-attributes.js';

/** Builds the options that start a deployment's workflow. `by` is the requester. */
export function buildDeploymentOptions(config: DeployConfig, by: string) {
  const { name, solution } = config;
  return {
    workflowId: workflowId(name),
    workflowIdConflictPolicy: 'FAIL' as const,
    taskQueue: sharedQueue,
    args: [{ ...config, requestedBy: by }],
    typedSearchAttributes: [
      { key: searchAttributes.name, value: name },
      { key: searchAttributes.state, value: 'selecting' },
    ],
    // The start time of a continued run is later than the deployment's.
    memo: { createdAt: new Date().toISOString(), request: randomUUID() },
    staticSummary: `${name}: ${solution.path}`,
    staticDetails: solution.goal ?? `Deployment of ${solution.path}`,
  };
}
