import { currentUpdateInfo, upsertMemo } from '@temporalio/workflow';
import type { ChangeOutcome, CurrentChange, LastChange, PastChange, RequestedChange } from '../contract/change.js';
import type { ChangeRequest, Life } from './life.js';
import { listsLastChange } from './patches.js';
import { showDetails } from './showing.js';
import { note } from './step-record.js';

// What was asked for, what waits for its turn, and what came of it.

/** The newest changes that are over: enough for a reader, bounded for a deployment that lives for years. */
const keptChanges = 50;

/** What came of a change, in a word and in a line. */
export interface Ending {
  outcome: ChangeOutcome;
  note: string;
}

/** Asks for a change, which takes the place of one that waits for its turn. */
export function requestChange(life: Life, asked: Omit<ChangeRequest, 'id' | 'requestedAt'>): RequestedChange {
  const known = findRepeated(life);
  if (known !== undefined) return known;
  const replaced = life.next;
  const change = numberChange(life, asked);
  noteRequest(life, change.id);
  queueChange(life, change);
  if (replaced !== null) closeChange(life, replaced, { outcome: 'superseded', note: `${change.id} came later` });
  showDetails(life);
  return describeChange(change);
}

/** What was asked for, with a name of its own. */
export function numberChange(life: Life, asked: Omit<ChangeRequest, 'id' | 'requestedAt'>): ChangeRequest {
  life.counted.changes += 1;
  return { ...asked, id: `c${life.counted.changes}`, requestedAt: new Date().toISOString() };
}

/** The one that waits for its turn; null for none. */
export function queueChange(life: Life, change: ChangeRequest | null): void {
  life.next = change;
  life.info.next = change === null ? null : describeChange(change);
}

/** Records how a change ended; `made` says how far it had come. */
export function closeChange(
  life: Life,
  change: ChangeRequest,
  { outcome, note: words }: Ending,
  made: CurrentChange | null = null,
): void {
  const { info } = life;
  const past = {
    ...describeChange(change),
    revision: made?.revision ?? null,
    lastError: outcome === 'failed' ? (made?.lastError ?? null) : null,
    outcome,
    note: words,
    finishedAt: new Date().toISOString(),
  };
  info.changes = [...info.changes.slice(1 - keptChanges), past];
  note(life, change.kind, `${change.id} is ${outcome}: ${words}`);
  if (listsLastChange()) upsertMemo({ lastChange: shorten(past) });
}

/** The index is read by the hundred. */
const shorten = ({ lastError, ...past }: PastChange): LastChange => ({
  ...past,
  reason: past.reason?.slice(0, 300) ?? null,
  note: past.note.slice(0, 300),
});

/** The change that this very request was given before. */
function findRepeated({ info, requests = [] }: Life): RequestedChange | undefined {
  const known = requests.find(({ id }) => id === currentUpdateInfo()?.id);
  return [info.change, info.next, ...info.changes].find((one) => one !== null && one.id === known?.change) ?? undefined;
}

function noteRequest(life: Life, change: string): void {
  const id = currentUpdateInfo()?.id;
  if (id !== undefined) life.requests = [...(life.requests ?? []).slice(1 - keptChanges), { id, change }];
}

export const describeChange = ({ id, kind, by, reason, requestedAt }: ChangeRequest): RequestedChange => ({
  ...{ id, kind, by, reason, requestedAt },
});

/** The change that is being made has failed, its work kept. */
export const isWaiting = ({ info }: Life): boolean => info.change?.state === 'waiting';
