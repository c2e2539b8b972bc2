import { currentUpdateInfo, upsertMemo } from '@temporalio/workflow';
import type { ChangeOutcome, CurrentChange, LastChange, PastChange, RequestedChange } from '../../contract/change.js';
import { listsLastChange } from '../patches.js';
import type { ChangeRequest, WorkflowState } from '../state/state.js';
import { publishDetails } from '../status/publish-status.js';
import { recordEvent } from '../status/step-record.js';

// What was asked for, what waits for its turn, and what came of it.

/** The newest changes that are over: enough for a reader, bounded for a deployment that lives for years. */
const maxChanges = 50;

/** What came of a change, in a word and in a line. */
export interface ChangeResult {
  outcome: ChangeOutcome;
  summary: string;
}

/** Asks for a change, which takes the place of one that waits for its turn. */
export function requestChange(
  workflow: WorkflowState,
  asked: Omit<ChangeRequest, 'id' | 'requestedAt'>,
): RequestedChange {
  const repeated = findRepeatedRequest(workflow);
  if (repeated !== undefined) return repeated;
  const replaced = workflow.next;
  const change = createChangeRequest(workflow, asked);
  recordRequest(workflow, change.id);
  queueChange(workflow, change);
  if (replaced !== null) closeChange(workflow, replaced, { outcome: 'superseded', summary: `${change.id} came later` });
  publishDetails(workflow);
  return describeChange(change);
}

/** What was asked for, with a name of its own. */
export function createChangeRequest(
  workflow: WorkflowState,
  asked: Omit<ChangeRequest, 'id' | 'requestedAt'>,
): ChangeRequest {
  workflow.counters.changes += 1;
  return { ...asked, id: `c${workflow.counters.changes}`, requestedAt: new Date().toISOString() };
}

/** The one that waits for its turn; null for none. */
export function queueChange(workflow: WorkflowState, change: ChangeRequest | null): void {
  workflow.next = change;
  workflow.info.next = change === null ? null : describeChange(change);
}

/** Records how a change ended; `made` says how far it had come. */
export function closeChange(
  workflow: WorkflowState,
  change: ChangeRequest,
  { outcome, summary }: ChangeResult,
  currentChange: CurrentChange | null = null,
): void {
  const { info } = workflow;
  const past = {
    ...describeChange(change),
    revision: currentChange?.revision ?? null,
    lastError: outcome === 'failed' ? (currentChange?.lastError ?? null) : null,
    outcome,
    note: summary,
    finishedAt: new Date().toISOString(),
  };
  info.changes = [...info.changes.slice(1 - maxChanges), past];
  recordEvent(workflow, change.kind, `${change.id} is ${outcome}: ${summary}`);
  if (listsLastChange()) upsertMemo({ lastChange: shortenChange(past) });
}

/** The index is read by the hundred. */
const shortenChange = ({ lastError, ...past }: PastChange): LastChange => ({
  ...past,
  reason: past.reason?.slice(0, 300) ?? null,
  note: past.note.slice(0, 300),
});

/** The change that this very request was given before. */
function findRepeatedRequest({ info, requests = [] }: WorkflowState): RequestedChange | undefined {
  const repeated = requests.find(({ id }) => id === currentUpdateInfo()?.id);
  return (
    [info.change, info.next, ...info.changes].find((one) => one !== null && one.id === repeated?.change) ?? undefined
  );
}

function recordRequest(workflow: WorkflowState, change: string): void {
  const id = currentUpdateInfo()?.id;
  if (id !== undefined) workflow.requests = [...(workflow.requests ?? []).slice(1 - maxChanges), { id, change }];
}

export const describeChange = ({ id, kind, by, reason, requestedAt }: ChangeRequest): RequestedChange => ({
  ...{ id, kind, by, reason, requestedAt },
});

/** The change that is being made has failed, its work kept. */
export const isChangeWaiting = ({ info }: WorkflowState): boolean => info.change?.state === 'waiting';
