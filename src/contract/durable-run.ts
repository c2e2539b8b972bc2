import * as z from 'zod';
import { Answer } from './answer.js';
import { DeploymentName } from './deploy-config.js';

/** A call that is recorded, and made again until it is answered. */
export const DurableRun = z.object({
  name: DeploymentName,
  /** Tells the runs of one deployment apart. */
  id: z.string(),
  inputs: z.unknown(),
  /** The inputs as JSON text, in place of `inputs`, where JavaScript would write one of their numbers otherwise. */
  text: z.string().optional(),
  /** Seconds that each call may take; the revision's own when null. */
  timeout: z.number().positive().nullable(),
  /** Calls that may be lost half-way before the run gives up. */
  attempts: z.number().int().positive(),
});
export type DurableRun = z.infer<typeof DurableRun>;

/**
 * What one try came to. `lost`: the call had begun, and whether the code did its work is not known. `unreached`: for a
 * long time nothing was there to be called.
 */
export const CallOutcome = z.object({
  answer: Answer,
  /** The whole answer as JSON text, of which `answer` is a summary, where JavaScript would write a number otherwise. */
  text: z.string().optional(),
  verdict: z.enum(['answered', 'lost', 'unreached']),
});
export type CallOutcome = z.infer<typeof CallOutcome>;
