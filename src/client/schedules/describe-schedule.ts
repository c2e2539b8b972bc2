import type { ScheduleDescription, ScheduleExecutionResult } from '@temporalio/client';
import { ScheduledRedeploy, type ScheduleInfo } from '../../contract/schedule.js';
import { formatDuration } from './duration.js';
import type { StartedRun } from './read-run.js';

/** Maximum number of next runs to show. */
const maxShownTimes = 5;

/** Describes a schedule without its runs. */
export function describeSchedule(
  description: ScheduleDescription,
): Omit<ScheduleInfo, 'name' | 'id' | 'runs' | 'webUrl'> {
  const { spec, policies, state, info, memo, action } = description;
  return {
    when: describeSpec(spec),
    timezone: spec.timezone || 'UTC',
    jitter: spec.jitter ? spec.jitter / 1000 : null,
    overlap: (policies.overlap ?? 'skip').toLowerCase().replaceAll('_', ' '),
    catchUp: policies.catchupWindow / 1000,
    replacesFailed: ScheduledRedeploy.safeParse(action.args?.[0]).data?.replacesFailed ?? false,
    state: state.paused ? 'paused' : 'active',
    note: state.note ?? '',
    createdAt: info.createdAt.toISOString(),
    createdBy: typeof memo?.createdBy === 'string' ? memo.createdBy : null,
    nextRuns: state.paused ? [] : info.nextActionTimes.slice(0, maxShownTimes).map((time) => time.toISOString()),
    skipped: info.numActionsSkippedOverlap,
    missed: info.numActionsMissedCatchupWindow,
  };
}

/** Describes the times of a schedule; the server keeps a cron line as the comment of its calendar. */
function describeSpec({ intervals = [], calendars = [] }: ScheduleDescription['spec']): string {
  const times = [
    ...intervals.map(({ every }) => `every ${formatDuration(every)}`),
    ...calendars.map(({ comment, ...fields }) => (comment ? `cron ${comment}` : `calendar ${JSON.stringify(fields)}`)),
  ];
  return times.join(' and ');
}

export const toStartedRun = ({ scheduledAt, takenAt, action }: ScheduleExecutionResult): StartedRun => ({
  workflowId: action.workflow.workflowId,
  runId: action.workflow.firstExecutionRunId,
  dueAt: scheduledAt.toISOString(),
  startedAt: takenAt.toISOString(),
});
