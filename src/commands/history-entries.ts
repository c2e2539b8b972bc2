import type { ChangeOutcome, PastChange, RequestedChange } from '../contract/change.js';
import type { DeploymentInfo, StepRecord } from '../contract/status.js';

/** A change with the steps that it was made of. */
export interface ChangeEntry extends RequestedChange {
  revision: string | null;
  /** What came of it; the state it is in while it is made; `queued` while it waits for its turn. */
  outcome: ChangeOutcome | DeploymentInfo['state'] | 'queued';
  /** What came of it, in one line. */
  note: string;
  /** When it began: after it was asked for, and after those asked for before it were over. Null for one that never did. */
  begunAt: string | null;
  /** Null while it is not over. */
  finishedAt: string | null;
  steps: StepRecord[];
}

/** What happened, in order: changes, and steps that belong to none. */
export type HistoryEntry = ChangeEntry | StepRecord;

export const isChangeEntry = (chapter: HistoryEntry): chapter is ChangeEntry => 'steps' in chapter;

export function listHistoryEntries(info: DeploymentInfo): HistoryEntry[] {
  const changes = listChangeEntries(info);
  const unowned: StepRecord[] = [];
  for (const step of info.steps) {
    if (isAnnouncement(step)) continue;
    (findOwningChange(changes, step)?.steps ?? unowned).push(step);
  }
  return [...changes, ...unowned].sort((one, other) => getStart(one).localeCompare(getStart(other)));
}

/** The change that began last: a rollback may have gone before one that was on its way. */
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
  const begin = (requestedAt: string): string => {
    const earlier = startedChanges.filter((past) => past.requestedAt < requestedAt);
    return [requestedAt, ...earlier.map(({ finishedAt }) => finishedAt)].toSorted().at(-1) ?? requestedAt;
  };
  for (const past of changes) {
    const begunAt = hasBegun(past) ? begin(past.requestedAt) : null;
    entries.push({ ...past, begunAt, steps: [] });
  }
  if (change !== null)
    entries.push({
      ...{ ...change, outcome: change.state, note: '' },
      ...{ begunAt: begin(change.requestedAt), finishedAt: null, steps: [] },
    });
  if (next !== null)
    entries.push({ ...next, revision: null, outcome: 'queued', note: '', begunAt: null, finishedAt: null, steps: [] });
  return entries;
}

/** One whose turn never came was replaced or dropped before its revision had a name. */
const hasBegun = ({ outcome, revision }: PastChange): boolean =>
  revision !== null || (outcome !== 'superseded' && outcome !== 'cancelled');

const isWithin = ({ startedAt }: StepRecord, { begunAt, finishedAt }: ChangeEntry): boolean =>
  begunAt !== null && startedAt >= begunAt && (finishedAt === null || startedAt <= finishedAt);

/** That a change begins or is over is said by the change itself. */
const isAnnouncement = ({ step, note }: StepRecord): boolean =>
  /^(deploy|redeploy|rollback)$/.test(step) && /^c\d+(, asked for| is )/.test(note);

const getStart = (chapter: HistoryEntry): string =>
  isChangeEntry(chapter) ? (chapter.begunAt ?? chapter.requestedAt) : chapter.startedAt;

/** Null while it runs. */
export const getDuration = ({ startedAt, finishedAt }: StepRecord): number | null =>
  finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt);
