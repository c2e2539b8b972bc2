import * as z from 'zod';
import { LastError } from './deployment-state.js';

/** Input of each run of a schedule. */
export const ScheduledRedeploy = z.object({
  name: z.string(),
  schedule: z.string(),
  /** True if a run abandons a change that an earlier scheduled run left waiting, and tries again. */
  replacesFailed: z.boolean().default(false),
});
export type ScheduledRedeploy = z.input<typeof ScheduledRedeploy>;

/**
 * Outcome of a run. `skipped`: the state of the deployment did not allow a redeploy. `gone`: the deployment no longer
 * exists. `unknown`: the server keeps no record of the run. The other values are those of a change.
 */
export const ScheduledRunOutcome = z.enum([
  'running',
  'live',
  'unchanged',
  'failed',
  'abandoned',
  'cancelled',
  'superseded',
  'skipped',
  'gone',
  'unknown',
]);
export type ScheduledRunOutcome = z.infer<typeof ScheduledRunOutcome>;

/** Result of a run that did not fail. */
export const ScheduledRunResult = z.object({
  outcome: ScheduledRunOutcome,
  /** Id of the change that the run requested; null if it requested none. */
  change: z.string().nullable(),
  revision: z.string().nullable(),
  /** Result in one line. */
  note: z.string(),
});
export type ScheduledRunResult = z.infer<typeof ScheduledRunResult>;

/** A run of a schedule: a Temporal workflow that requests a redeploy and waits until it finishes. */
export const ScheduledRun = ScheduledRunResult.extend({
  workflowId: z.string(),
  runId: z.string(),
  /** ISO 8601, like the other times. */
  dueAt: z.string(),
  startedAt: z.string(),
  /** Null while the run is in progress. */
  finishedAt: z.string().nullable(),
  lastError: LastError.nullable(),
  webUrl: z.string().nullable(),
});
export type ScheduledRun = z.infer<typeof ScheduledRun>;

/** A schedule of redeploys, as `--json` prints it. Add keys, but never rename one. */
export const ScheduleInfo = z.object({
  /** Name of the deployment. */
  name: z.string(),
  id: z.string(),
  /** `every 1d`, `cron 0 3 * * *`. The server's value, which may have been changed in the Web UI. */
  when: z.string(),
  timezone: z.string(),
  /** Maximum random delay of a run in seconds; null for none. */
  jitter: z.number().nullable(),
  /** Policy for a run that is due while another one is in progress: it is skipped. */
  overlap: z.string(),
  /** Seconds after its due time until which a late run is still started. */
  catchUp: z.number(),
  replacesFailed: z.boolean(),
  state: z.enum(['active', 'paused']),
  /** Note on who created, paused or resumed the schedule. */
  note: z.string(),
  createdAt: z.string(),
  createdBy: z.string().nullable(),
  /** ISO 8601 times of the next five runs; empty while the schedule is paused. */
  nextRuns: z.array(z.string()),
  /** The newest runs, oldest first. */
  runs: z.array(ScheduledRun),
  /** Runs that were not started because another one was in progress. */
  skipped: z.number(),
  /** Runs that were not started because it was too late. */
  missed: z.number(),
  webUrl: z.string().nullable(),
});
export type ScheduleInfo = z.infer<typeof ScheduleInfo>;
