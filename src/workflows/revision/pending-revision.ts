import type { DeployConfig } from '../../contract/deploy-config.js';
import type { DeploymentSetting } from '../../contract/setting.js';
import { createRevisionStatus } from '../state/create-state.js';
import type { PendingRevision, WorkflowState } from '../state/state.js';
import { createFirstRound } from './rounds.js';

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
  isFresh: false,
  status: createRevisionStatus(config),
});

/** Returns the host and the setting that the selection determined. */
export function requireSelection(
  { host }: WorkflowState,
  { setting }: PendingRevision,
): { host: string; setting: DeploymentSetting } {
  if (host === null || setting === null) throw new Error('the strategy is selected first');
  return { host, setting };
}

/** Adds notes to the revision's status, each once: a later round makes the same choices again. */
export function addNotes({ status }: PendingRevision, notes: readonly string[]): void {
  status.notes = [...new Set([...status.notes, ...notes])];
}
