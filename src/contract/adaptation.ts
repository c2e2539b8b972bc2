import * as z from 'zod';
import { RunInterface } from './run-interface.js';

/** What adaptation made of the workspace. `filesChanged` is what git says. */
export const AdaptationResult = z.object({
  success: z.boolean(),
  adaptedPath: z.string(),
  runInterface: RunInterface,
  filesChanged: z.array(z.string()),
  /** `recipe:<name>` or the agent's name. */
  by: z.string(),
  /** What the recipe recognized, or the agent's closing words, in one sentence. */
  summary: z.string(),
  /** Commit of the workspace that holds the result. */
  commit: z.string(),
  rounds: z.number().int().nonnegative(),
  /** US dollars, summed over rounds. */
  cost: z.number().nonnegative(),
  sessionId: z.string().nullable(),
  /** Tokens in and out together, of all rounds. */
  tokens: z.number().int().nonnegative().default(0),
  /** Choices that the user did not make: which agent and why, whether it was sandboxed, which one was passed over. */
  notes: z.array(z.string()).default([]),
  error: z.string().optional(),
});
export type AdaptationResult = z.infer<typeof AdaptationResult>;
