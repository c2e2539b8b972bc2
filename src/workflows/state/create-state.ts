import type { DeployConfig } from '../../contract/deploy-config.js';
import type { RevisionStatus, WorkflowState } from './state.js';

/** Returns the state of a new deployment, whose first change waits to begin. */
export function createWorkflowState(config: DeployConfig): WorkflowState {
  return {
    config,
    state: 'selecting',
    lastError: null,
    host: null,
    counters: { changes: 1, revisions: 0, rounds: 0 },
    current: null,
    next: {
      id: 'c1',
      kind: 'deploy',
      by: config.requestedBy ?? 'unknown',
      reason: null,
      requestedAt: new Date().toISOString(),
      redeployment: null,
      target: null,
    },
    changes: [],
    pendingRevision: null,
    keptRevisions: [],
    active: null,
    desired: 'running',
    restarts: 0,
    bake: null,
    pendingRollback: null,
    orphans: [],
    steps: [],
    requests: [],
    resumption: null,
    isAbandoned: false,
    failure: null,
    published: {},
    historyLimit: 4000,
  };
}

/** Returns the status of a revision of which only the configuration is known. */
export const createRevisionStatus = ({ resources, solution }: DeployConfig): RevisionStatus => ({
  strategy: null,
  provider: null,
  interface: null,
  resources,
  adaptedPath: null,
  adaptedFiles: [],
  runInterface: null,
  selection: null,
  adaptation: null,
  contract: null,
  source: { path: solution.path, digest: null },
  checks: [],
  notes: [],
});
