import * as z from 'zod';
import { Answer } from './answer.js';
import { DeploymentName } from './deploy-config.js';

/** A recorded call that is repeated until it is answered. */
export const DurableRun = z.object({
  name: DeploymentName,
  /** Unique among the runs of one deployment. */
  id: z.string(),
  inputs: z.unknown(),
  /** The inputs as JSON text, instead of `inputs`, if JavaScript would write one of their numbers differently. */
  text: z.string().optional(),
  /** Seconds that each call may take; the revision's timeout when null. */
  timeout: z.number().positive().nullable(),
  /** Number of calls that may be lost after they began, before the run gives up. */
  attempts: z.number().int().positive(),
});
export type DurableRun = z.infer<typeof DurableRun>;

/**
 * Outcome of one attempt. `lost`: the call had begun, and it is unknown whether the code did its work. `unreached`:
 * nothing answered for a long time.
 */
export const CallOutcome = z.object({
  answer: Answer,
  /** The complete answer as JSON text if JavaScript would write one of its numbers differently; `answer` is a summary. */
  text: z.string().optional(),
  verdict: z.enum(['answered', 'lost', 'unreached']),
});
export type CallOutcome = z.infer<typeof CallOutcome>;
