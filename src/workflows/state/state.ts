import type { AdaptationResult } from '../../contract/adaptation.js';
import type { PastChange, Redeployment, RequestedChange } from '../../contract/change.js';
import type { DeployConfig } from '../../contract/deploy-config.js';
import type { Handle } from '../../contract/handle.js';
import type { VerifiedRevision } from '../../contract/revision.js';
import type { AdaptationRound, Resumption } from '../../contract/round.js';
import type { DeploymentSetting } from '../../contract/setting.js';
import type { DeploymentInfo, DeploymentState, LastError, StepRecord } from '../../contract/status.js';
import type { ErrorRecord } from '../../errors.js';

/**
 * Everything a deployment carries from step to step and over continue-as-new, as plain data. What `status` answers is
 * derived from it (describe-deployment.ts).
 */
export interface WorkflowState {
  /** Configuration of the first revision; every kept revision has its own. */
  config: DeployConfig;
  /** State of the deployment itself; until a revision serves, readers see the state of the current change instead. */
  state: DeploymentState;
  lastError: LastError | null;
  /** Host that holds the workspace; null until a step has run there, and then there is nothing to undo either. */
  host: string | null;
  /** Last numbers used in the names of changes, revisions and adaptation rounds. */
  counters: { changes: number; revisions: number; rounds: number };
  current: CurrentChange | null;
  /** The change that waits for its turn. */
  next: ChangeRequest | null;
  /** The newest finished changes, oldest first. */
  changes: PastChange[];
  /** Revision that the current change brings up. */
  pendingRevision: PendingRevision | null;
  /** Verified revisions that can be started, oldest first. */
  keptRevisions: KeptRevision[];
  active: ActiveRevision | null;
  desired: 'running' | 'stopped';
  /** Restarts of software that went down. */
  restarts: number;
  bake: DeploymentInfo['bake'];
  /** Rollback of a revision that failed its bake; null when none is due. */
  pendingRollback: PendingRollback | null;
  /** Revisions without callers that could not be ended yet. */
  orphans: OrphanedRevision[];
  /** The newest steps, oldest first. */
  steps: StepRecord[];
  /** The newest requests by the ids of their updates, so that a repeated update gets the change of the first one. */
  requests: { id: string; change: string }[];
  /** Resumption that the user requested for a waiting change; null once applied. */
  resumption: Resumption | null;
  isAbandoned: boolean;
  /** Error with which the workflow ends; null if it ends as the user requested. */
  failure: ErrorRecord | null;
  /** Search attributes as last sent to the server. */
  published: PublishedAttributes;
  /** Events of history after which the workflow continues as new, unless the server suggests it earlier. */
  historyLimit: number;
}

export type PublishedAttributes = Partial<Record<'state' | 'strategy' | 'revision' | 'host' | 'change', string | null>>;

/** A requested change with everything needed to execute it. */
export interface ChangeRequest extends RequestedChange {
  redeployment: Redeployment | null;
  /** Revision to roll back to; null for the previous one. */
  target: string | null;
}

/** The change that is being executed. */
export interface CurrentChange extends ChangeRequest {
  /** Revision that it brings up; null until that is known. */
  revision: string | null;
  state: DeploymentState;
  lastError: LastError | null;
}

/** The revision that callers reach. */
export interface ActiveRevision {
  revision: string;
  handle: Handle;
  isStopped: boolean;
}

/** Facts about one revision; those of the active revision are also the deployment's. */
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

/** A revision that is being created. It records its finished steps, so a resumed change continues where it failed. */
export interface PendingRevision {
  revision: string;
  config: DeployConfig;
  setting: DeploymentSetting | null;
  /** True when the workspace contains the source. */
  isCopied: boolean;
  /** Input of the next adaptation. */
  round: AdaptationRound;
  /** Number of its first round; round numbers are unique within a deployment. */
  firstRound: number;
  /** Rejection of the newest adaptation. */
  refusal: ErrorRecord | null;
  /** Null until there is an adaptation to verify. */
  adaptation: AdaptationResult | null;
  /** Null until its newest adaptation is verified. */
  verified: KeptRevision | null;
  /** True to resolve requirements again instead of reusing the lock. */
  isFresh: boolean;
  status: RevisionStatus;
}

/** A verified revision that can be started again: code, configuration and secrets belong together. */
export interface KeptRevision {
  config: DeployConfig;
  setting: DeploymentSetting;
  adaptation: AdaptationResult;
  revision: VerifiedRevision;
  /** ISO 8601; when it was verified. */
  createdAt: string;
  isRolledBack: boolean;
  status: RevisionStatus;
}

/** A revision that could not be ended. */
export interface OrphanedRevision {
  revision: string;
  desiredState: 'stopped' | 'discarded';
  /** Failure of the newest attempt. */
  message: string;
}

/** A rollback that is retried until it succeeds or the failed revision recovers. */
export interface PendingRollback {
  to: string;
  /** Failure of the active revision in its bake. */
  failure: ErrorRecord;
  /** True from the request of an attempt until the attempt is over. */
  isRequested: boolean;
  /** Seconds before the next attempt. */
  backoff: number;
  /** ISO 8601; time of the next attempt. */
  dueAt: string;
}

/** True when the current change has failed and keeps its work for `resume` or `abandon`. */
export const isChangeWaiting = ({ current }: WorkflowState): boolean => current?.state === 'waiting';

export const isCleaningUp = ({ state }: WorkflowState): boolean => state === 'cleaning' || state === 'cleaned';
