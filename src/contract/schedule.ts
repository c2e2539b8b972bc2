import * as z from 'zod';
import { LastError } from './deployment-state.js';

/** What each run of a schedule is given. */
export const ScheduledRedeploy = z.object({
  name: z.string(),
  schedule: z.string(),
  /** Whether what an earlier scheduled run left waiting is given up for a new try. */
  replacesFailed: z.boolean().default(false),
});
export type ScheduledRedeploy = z.input<typeof ScheduledRedeploy>;

/**
 * What became of a run. `skipped`: the deployment was in no state to be redeployed. `gone`: there is no such deployment
 * any more. `unknown`: the server keeps no record of it. The others are those of a change.
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

/** How a run that did not fail ended. */
export const ScheduledRunResult = z.object({
  outcome: ScheduledRunOutcome,
  /** The deployment's change that it asked for; null when it asked for none. */
  change: z.string().nullable(),
  revision: z.string().nullable(),
  /** In one line. */
  note: z.string(),
});
export type ScheduledRunResult = z.infer<typeof ScheduledRunResult>;

/** One run of a schedule: a Temporal workflow that asks for a redeploy and follows it to its end. */
export const ScheduledRun = ScheduledRunResult.extend({
  workflowId: z.string(),
  runId: z.string(),
  /** ISO 8601. When it was due, and when it was started; `finishedAt` is null while it runs. */
  dueAt: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  lastError: LastError.nullable(),
  webUrl: z.string().nullable(),
});
export type ScheduledRun = z.infer<typeof ScheduledRun>;

/** A schedule of redeploys, as `--json` prints it. Keys are added, never renamed. */
export const ScheduleInfo = z.object({
  /** The deployment's. */
  name: z.string(),
  id: z.string(),
  /** `every 1d`, `cron 0 3 * * *`: as the server has it, also after a change in the Web UI. */
  when: z.string(),
  timezone: z.string(),
  /** Seconds by which a run may be late by chance; null for none. */
  jitter: z.number().nullable(),
  /** What happens when a run is due while one goes on: it is skipped. */
  overlap: z.string(),
  /** Seconds after which a run that could not be started in time is left out. */
  catchUp: z.number(),
  replacesFailed: z.boolean(),
  state: z.enum(['active', 'paused']),
  /** Who made, paused or resumed it. */
  note: z.string(),
  createdAt: z.string(),
  createdBy: z.string().nullable(),
  /** ISO 8601, the next five; none while it is paused. */
  nextRuns: z.array(z.string()),
  /** The newest, oldest first. */
  runs: z.array(ScheduledRun),
  /** How often a run was not started: because one went on, and because it was too late. */
  skipped: z.number(),
  missed: z.number(),
  webUrl: z.string().nullable(),
});
export type ScheduleInfo = z.infer<typeof ScheduleInfo>;
