import * as z from 'zod';
import { RunInterface } from './run-interface.js';

/** Result of an adaptation of the workspace. */
export const AdaptationResult = z.object({
  success: z.boolean(),
  adaptedPath: z.string(),
  runInterface: RunInterface,
  /** Paths that git reports as changed. */
  filesChanged: z.array(z.string()),
  /** `recipe:<name>` or the name of the coding agent. */
  by: z.string(),
  /** The shape that the recipe recognized, or the agent's closing message, in one sentence. */
  summary: z.string(),
  /** Workspace commit that holds the result. */
  commit: z.string(),
  rounds: z.number().int().nonnegative(),
  /** US dollars, summed over all rounds. */
  cost: z.number().nonnegative(),
  sessionId: z.string().nullable(),
  /** Input and output tokens, summed over all rounds. */
  tokens: z.number().int().nonnegative().default(0),
  /** Choices that Berth made for the user: which agent and why, whether it was sandboxed, which agent was skipped. */
  notes: z.array(z.string()).default([]),
  error: z.string().optional(),
});
export type AdaptationResult = z.infer<typeof AdaptationResult>;
