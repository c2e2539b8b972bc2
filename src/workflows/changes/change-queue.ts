import { currentUpdateInfo, upsertMemo } from '@temporalio/workflow';
import type { ChangeOutcome, CurrentChange, LastChange, PastChange, RequestedChange } from '../../contract/change.js';
import { describeChange } from '../state/describe-deployment.js';
import type { ChangeRequest, WorkflowState } from '../state/state.js';
import { publishStatus } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';

/** Number of finished changes in the state: enough for a reader, and bounded for a deployment that runs for years. */
const maxChanges = 50;

/** Result of a finished change. */
export interface ChangeResult {
  outcome: ChangeOutcome;
  /** One line. */
  summary: string;
}

export type NewRequest = Omit<ChangeRequest, 'id' | 'requestedAt'>;

/**
 * Queues a change. It supersedes the one that waits for its turn; a repeated update gets the change of the first one.
 */
export function requestChange(workflow: WorkflowState, request: NewRequest): RequestedChange {
  const repeated = findRepeatedRequest(workflow);
  if (repeated !== undefined) return repeated;
  const superseded = workflow.next;
  const change = createChangeRequest(workflow, request);
  recordUpdate(workflow, change.id);
  workflow.next = change;
  if (superseded !== null)
    closeChange(workflow, superseded, { outcome: 'superseded', summary: `${change.id} takes its place` });
  publishStatus(workflow);
  return describeChange(change);
}

/** Assigns an id and a time to a request. */
export function createChangeRequest(workflow: WorkflowState, request: NewRequest): ChangeRequest {
  workflow.counters.changes += 1;
  return { ...request, id: `c${workflow.counters.changes}`, requestedAt: new Date().toISOString() };
}

/** Records how a change ended; `progress` is null for one that never began. */
export function closeChange(
  workflow: WorkflowState,
  change: ChangeRequest,
  { outcome, summary }: ChangeResult,
  progress: Pick<CurrentChange, 'revision' | 'lastError'> | null = null,
): void {
  const past = {
    ...describeChange(change),
    revision: progress?.revision ?? null,
    lastError: outcome === 'failed' ? (progress?.lastError ?? null) : null,
    outcome,
    note: summary,
    finishedAt: new Date().toISOString(),
  };
  workflow.changes = [...workflow.changes.slice(1 - maxChanges), past];
  recordEvent(workflow, change.kind, `${change.id} is ${outcome}: ${summary}`);
  upsertMemo({ lastChange: shortenChange(past) });
}

/** The server returns the memo with every list of deployments, so it stays small. */
const shortenChange = ({ lastError, ...past }: PastChange): LastChange => ({
  ...past,
  reason: past.reason?.slice(0, 300) ?? null,
  note: past.note.slice(0, 300),
});

/** Returns the change that an earlier attempt of the same update created. */
function findRepeatedRequest({ current, next, changes, requests }: WorkflowState): RequestedChange | undefined {
  const repeated = requests.find(({ id }) => id === currentUpdateInfo()?.id);
  if (repeated === undefined) return undefined;
  const past = changes.find(({ id }) => id === repeated.change);
  const open = [current, next].find((change) => change?.id === repeated.change);
  return past ?? (open ? describeChange(open) : undefined);
}

function recordUpdate(workflow: WorkflowState, change: string): void {
  const id = currentUpdateInfo()?.id;
  if (id !== undefined) workflow.requests = [...workflow.requests.slice(1 - maxChanges), { id, change }];
}
