import type { AdaptationResult } from '../../contract/adaptation.js';
import type { Redeployment, RequestedChange } from '../../contract/change.js';
import type { DeployConfig } from '../../contract/deploy-config.js';
import type { Handle } from '../../contract/handle.js';
import type { VerifiedRevision } from '../../contract/revision.js';
import type { AdaptationRound, Resumption } from '../../contract/round.js';
import type { DeploymentSetting } from '../../contract/setting.js';
import type { DeploymentInfo, DeploymentState } from '../../contract/status.js';
import type { ErrorRecord } from '../../errors.js';
import { createFirstRound } from '../revision/rounds.js';

/** What is true of one revision, and of the deployment as long as callers reach that revision. */
export type RevisionStatus = Pick<
  DeploymentInfo,
  | 'strategy'
  | 'provider'
  | 'interface'
  | 'resources'
  | 'adaptedPath'
  | 'adaptedFiles'
  | 'runInterface'
  | 'selection'
  | 'adaptation'
  | 'contract'
  | 'source'
  | 'checks'
  | 'notes'
>;

/** A revision on its way up. What was done of it is not done again, so it goes on where it failed. */
export interface PendingRevision {
  revision: string;
  config: DeployConfig;
  setting: DeploymentSetting | null;
  /** Whether the source lies in the workspace. */
  isCopied: boolean;
  /** What the next adaptation is given. */
  round: AdaptationRound;
  /** Number of its first round: over the deployment's life no number comes twice. */
  firstRound: number;
  /** Why the newest adaptation was refused. */
  refusal: ErrorRecord | null;
  /** Null until an adaptation is there to be verified. */
  adaptation: AdaptationResult | null;
  verified: VerifiedRevision | null;
  /** Whether requirements are resolved anew. */
  resolvesAnew: boolean;
  status: RevisionStatus;
}

/** A verified revision with all that it takes to start it again: code, configuration and secrets go together. */
export interface KeptRevision {
  config: DeployConfig;
  setting: DeploymentSetting;
  adaptation: AdaptationResult;
  revision: VerifiedRevision;
  status: RevisionStatus;
}

/** A change that was asked for, with what was said. */
export interface ChangeRequest extends RequestedChange {
  redeployment: Redeployment | null;
  /** The revision to roll back to; null for the one before. */
  target: string | null;
}

/** A revision that could not be ended, what was to become of it, and what stands in the way. */
export interface OrphanedRevision {
  revision: string;
  desiredState: 'stopped' | 'discarded';
  message: string;
}

/** The way back from a revision that did badly in its bake: tried until it is done, or what did badly runs again. */
export interface PendingRollback {
  to: string;
  /** What the revision did. */
  failure: ErrorRecord;
  /** True until a try of it is over. */
  isRequested: boolean;
  /** Seconds before the next try. */
  backoff: number;
  /** ISO 8601; when that is due. */
  dueAt: string;
}

/** Everything a deployment carries from step to step, and over continue-as-new. Plain data. */
export interface WorkflowState {
  /** What was asked for before anything ran; later the active revision has its own. */
  config: DeployConfig;
  info: DeploymentInfo;
  /** Host that holds the workspace; null until a step has run there, so null also means: nothing to undo. */
  host: string | null;
  /** Requests, revisions and rounds of adaptation so far: they are named by number. */
  counters: { changes: number; revisions: number; rounds: number };
  /** The change that is being made, and the one that waits for its turn. */
  current: ChangeRequest | null;
  next: ChangeRequest | null;
  pendingRevision: PendingRevision | null;
  /** Verified revisions that can be started, oldest first. */
  keptRevisions: KeptRevision[];
  /** The revision that callers reach, also while it is stopped. */
  active: { revision: string; handle: Handle } | null;
  desired: 'running' | 'stopped';
  isAbandoned: boolean;
  /** What the server's index says of the change that is being made; absent before it said anything. */
  listedChange?: DeploymentState | null;
  /** The newest requests by the ids they came with; one that is sent once more, maybe to a later run, has its change already. */
  requests?: { id: string; change: string }[];
  /** Revisions that nobody calls, and that could not be ended; absent before there was one. */
  orphans?: OrphanedRevision[];
  /** Null, or absent, where nothing is to be gone back from. */
  pendingRollback?: PendingRollback | null;
  /** Why the deployment ends, where it is no wish; absent otherwise, and before it ends. */
  failure?: ErrorRecord;
  /** Given by the user to a change that waits; null once it was heeded. */
  resumption: Resumption | null;
  /** Events of history after which the workflow continues as new, where the server has not asked for it earlier. */
  historyLimit: number;
}

export function createWorkflowState(config: DeployConfig): WorkflowState {
  const pending = createPendingRevision(config, 'r1', 1);
  const by = config.requestedBy ?? 'unknown';
  return {
    config,
    info: {
      name: config.name,
      state: 'selecting',
      ...pending.status,
      endpoint: null,
      revision: null,
      revisions: [],
      restarts: 0,
      lastError: null,
      webUrl: null,
      host: null,
      steps: [],
      change: null,
      next: null,
      changes: [],
      bake: null,
    },
    host: null,
    counters: { changes: 1, revisions: 1, rounds: 1 },
    current: null,
    next: {
      ...{ id: 'c1', kind: 'deploy', by, reason: null, requestedAt: new Date().toISOString() },
      ...{ redeployment: null, target: null },
    },
    pendingRevision: pending,
    keptRevisions: [],
    active: null,
    desired: 'running',
    isAbandoned: false,
    resumption: null,
    historyLimit: 4000,
  };
}

export const createPendingRevision = (config: DeployConfig, revision: string, round: number): PendingRevision => ({
  revision,
  config,
  setting: null,
  isCopied: false,
  round: createFirstRound(config, round),
  firstRound: round,
  refusal: null,
  adaptation: null,
  verified: null,
  resolvesAnew: false,
  status: {
    strategy: null,
    provider: null,
    interface: null,
    resources: config.resources,
    adaptedPath: null,
    adaptedFiles: [],
    runInterface: null,
    selection: null,
    adaptation: null,
    contract: null,
    source: { path: config.solution.path, digest: null },
    checks: [],
    notes: [],
  },
});
