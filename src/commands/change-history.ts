import type { ChangeOutcome, PastChange, RequestedChange } from '../contract/change.js';
import type { DeploymentInfo, StepRecord } from '../contract/status.js';

/** A change with the steps that it was made of. */
export interface ToldChange extends RequestedChange {
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
export type Chapter = ToldChange | StepRecord;

export const isChange = (chapter: Chapter): chapter is ToldChange => 'steps' in chapter;

export function tellChapters(info: DeploymentInfo): Chapter[] {
  const changes = tellChanges(info);
  const loose: StepRecord[] = [];
  for (const step of info.steps) {
    if (isAnnouncement(step)) continue;
    (findOwner(changes, step)?.steps ?? loose).push(step);
  }
  return [...changes, ...loose].sort((one, other) => startOf(one).localeCompare(startOf(other)));
}

/** The change that began last: a rollback may have gone before one that was on its way. */
const findOwner = (changes: ToldChange[], step: StepRecord): ToldChange | undefined =>
  changes
    .filter((change) => isWithin(step, change))
    .reduce<ToldChange | undefined>(
      (last, one) => ((last?.begunAt ?? '') > (one.begunAt ?? '') ? last : one),
      undefined,
    );

function tellChanges({ changes, change, next }: DeploymentInfo): ToldChange[] {
  const told: ToldChange[] = [];
  const begun = changes.filter((past) => hasBegun(past));
  const begin = (requestedAt: string): string => {
    const earlier = begun.filter((past) => past.requestedAt < requestedAt);
    return [requestedAt, ...earlier.map(({ finishedAt }) => finishedAt)].toSorted().at(-1) ?? requestedAt;
  };
  for (const past of changes) {
    const begunAt = hasBegun(past) ? begin(past.requestedAt) : null;
    told.push({ ...past, begunAt, steps: [] });
  }
  if (change !== null)
    told.push({
      ...{ ...change, outcome: change.state, note: '' },
      ...{ begunAt: begin(change.requestedAt), finishedAt: null, steps: [] },
    });
  if (next !== null)
    told.push({ ...next, revision: null, outcome: 'queued', note: '', begunAt: null, finishedAt: null, steps: [] });
  return told;
}

/** One whose turn never came was replaced or dropped before its revision had a name. */
const hasBegun = ({ outcome, revision }: PastChange): boolean =>
  revision !== null || (outcome !== 'superseded' && outcome !== 'cancelled');

const isWithin = ({ startedAt }: StepRecord, { begunAt, finishedAt }: ToldChange): boolean =>
  begunAt !== null && startedAt >= begunAt && (finishedAt === null || startedAt <= finishedAt);

/** That a change begins or is over is said by the change itself. */
const isAnnouncement = ({ step, note }: StepRecord): boolean =>
  /^(deploy|redeploy|rollback)$/.test(step) && /^c\d+(, asked for| is )/.test(note);

const startOf = (chapter: Chapter): string =>
  isChange(chapter) ? (chapter.begunAt ?? chapter.requestedAt) : chapter.startedAt;

/** Null while it runs. */
export const durationOf = ({ startedAt, finishedAt }: StepRecord): number | null =>
  finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt);
