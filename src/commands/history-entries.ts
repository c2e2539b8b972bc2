import type { ChangeOutcome, PastChange, RequestedChange } from '../contract/change.js';
import type { DeploymentInfo, StepRecord } from '../contract/status.js';

/** A change with its steps. */
export interface ChangeEntry extends RequestedChange {
  revision: string | null;
  /** Outcome of the change; its state while it is in progress; `queued` before it starts. */
  outcome: ChangeOutcome | DeploymentInfo['state'] | 'queued';
  /** Outcome in one line. */
  note: string;
  /** Start, ISO 8601: after the request and after the end of earlier changes. Null if it never started. */
  begunAt: string | null;
  /** End, ISO 8601; null while it is in progress. */
  finishedAt: string | null;
  steps: StepRecord[];
}

/** A change, or a step that belongs to no change. */
export type HistoryEntry = ChangeEntry | StepRecord;

export const isChangeEntry = (entry: HistoryEntry): entry is ChangeEntry => 'steps' in entry;

/** Lists changes, and steps that belong to none, in chronological order. */
export function listHistoryEntries(info: DeploymentInfo): HistoryEntry[] {
  const changes = listChangeEntries(info);
  const unowned: StepRecord[] = [];
  for (const step of info.steps) {
    if (isAnnouncement(step)) continue;
    (findOwningChange(changes, step)?.steps ?? unowned).push(step);
  }
  return [...changes, ...unowned].sort((one, other) => getStart(one).localeCompare(getStart(other)));
}

/** Finds the change that started last before the step: a rollback can interrupt a running change. */
const findOwningChange = (changes: ChangeEntry[], step: StepRecord): ChangeEntry | undefined =>
  changes
    .filter((change) => isWithin(step, change))
    .reduce<ChangeEntry | undefined>(
      (last, one) => ((last?.begunAt ?? '') > (one.begunAt ?? '') ? last : one),
      undefined,
    );

function listChangeEntries({ changes, change, next }: DeploymentInfo): ChangeEntry[] {
  const entries: ChangeEntry[] = [];
  const startedChanges = changes.filter((past) => hasBegun(past));
  const findStart = (requestedAt: string): string => {
    const earlier = startedChanges.filter((past) => past.requestedAt < requestedAt);
    return [requestedAt, ...earlier.map(({ finishedAt }) => finishedAt)].toSorted().at(-1) ?? requestedAt;
  };
  for (const past of changes) {
    const begunAt = hasBegun(past) ? findStart(past.requestedAt) : null;
    entries.push({ ...past, begunAt, steps: [] });
  }
  if (change !== null)
    entries.push({
      ...change,
      outcome: change.state,
      note: '',
      begunAt: findStart(change.requestedAt),
      finishedAt: null,
      steps: [],
    });
  if (next !== null)
    entries.push({ ...next, revision: null, outcome: 'queued', note: '', begunAt: null, finishedAt: null, steps: [] });
  return entries;
}

/** Checks whether a change started. One that was replaced or canceled in the queue has no revision. */
const hasBegun = ({ outcome, revision }: PastChange): boolean =>
  revision !== null || (outcome !== 'superseded' && outcome !== 'cancelled');

const isWithin = ({ startedAt }: StepRecord, { begunAt, finishedAt }: ChangeEntry): boolean =>
  begunAt !== null && startedAt >= begunAt && (finishedAt === null || startedAt <= finishedAt);

/** Checks whether a step only records the start or end of a change, which its entry shows. */
const isAnnouncement = ({ step, note }: StepRecord): boolean =>
  /^(deploy|redeploy|rollback)$/.test(step) && /^c\d+(,| is )/.test(note);

const getStart = (entry: HistoryEntry): string =>
  isChangeEntry(entry) ? (entry.begunAt ?? entry.requestedAt) : entry.startedAt;

/** Returns milliseconds; null while the step runs. */
export const getDuration = ({ startedAt, finishedAt }: StepRecord): number | null =>
  finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt);
